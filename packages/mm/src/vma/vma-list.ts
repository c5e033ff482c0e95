import type { Vma } from './vma.ts';

/** The VMAs of an address space, ascending and without overlap. */
export class VmaList {
  readonly #vmas: Vma[] = [];

  /** The VMAs in ascending order; a view, not a copy. */
  get all(): readonly Vma[] {
    return this.#vmas;
  }

  /** Index of the first VMA that ends after page `vpn`. */
  #indexAfter(vpn: number): number {
    let low = 0;
    let high = this.#vmas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#vmas[middle]?.end ?? Infinity) > vpn) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** First VMA that ends after page `vpn`, whether or not it contains it (`find_vma`). */
  findFrom(vpn: number): Vma | undefined {
    return this.#vmas[this.#indexAfter(vpn)];
  }

  /** VMA that contains page `vpn` (`vma_lookup`). */
  lookup(vpn: number): Vma | undefined {
    const vma = this.findFrom(vpn);
    return vma !== undefined && vma.start <= vpn ? vma : undefined;
  }

  /** The VMA just before `vma`, adjacent or not. */
  previous(vma: Vma): Vma | undefined {
    return this.#vmas[this.#indexAfter(vma.start) - 1];
  }

  /** The VMA just after `vma`, adjacent or not. */
  next(vma: Vma): Vma | undefined {
    return this.#vmas[this.#indexAfter(vma.start) + 1];
  }

  /** VMAs that overlap [start, end), as a copy that stays valid while the list changes. */
  overlapping(start: number, end: number): Vma[] {
    const found: Vma[] = [];
    for (let i = this.#indexAfter(start); i < this.#vmas.length; i++) {
      const vma = this.#vmas[i];
      if (vma === undefined || vma.start >= end) break;
      found.push(vma);
    }
    return found;
  }

  /**
   * Adds a VMA.
   *
   * @throws RangeError if it is empty or overlaps another.
   */
  insert(vma: Vma): void {
    const at = this.#indexAfter(vma.start);
    const next = this.#vmas[at];
    if (vma.start >= vma.end || (next !== undefined && next.start < vma.end)) {
      throw new RangeError(`VMA [${vma.start}, ${vma.end}) is empty or overlaps another`);
    }
    this.#vmas.splice(at, 0, vma);
  }

  /** Removes a VMA that is in the list. */
  remove(vma: Vma): void {
    const at = this.#vmas.indexOf(vma);
    if (at >= 0) this.#vmas.splice(at, 1);
  }
}
