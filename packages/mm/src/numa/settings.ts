/** The memory nodes of a machine and how NUMA balancing treats them. */
export class NumaSettings {
  /** Node of the CPU that everything runs on. */
  cpuNode = 0;
  /** Balancing moves pages to the CPU that uses them (NUMA_BALANCING_NORMAL). */
  normal = true;
  /** Balancing moves hot pages to fast memory (NUMA_BALANCING_MEMORY_TIERING). */
  tiering = false;
  /** Nodes of slow memory. All others are top tier. */
  readonly slowNodes: Set<number> = new Set<number>();

  /** True if the node has fast memory (`node_is_toptier`). */
  isTopTier(node: number): boolean {
    return !this.slowNodes.has(node);
  }
}
