import type { KernelRelease } from '@ptelab/pte';
import type { CommitPath } from '../price/context.ts';

/** A protection that a cycle sets: none, read-only, read and write. */
export type CycleProt = 'n' | 'r' | 'rw';

/** Memory that a workload works on: written once, every page. */
export interface Layout {
  readonly memory: 'anon' | 'shared';
  /** Folio size in KiB; huge mappings are split into single entries. */
  readonly kb: number;
  /** Share of the pages that lie in folios of that size; the others are single. @defaultValue 1 */
  readonly share?: number;
  /** A child came and went, and then every second page was written again. @defaultValue false */
  readonly alternating?: boolean;
}

/** Changes to the code that people measured apart, or that only some CPUs need. */
export interface Probe {
  /** Commits as that code makes them. @defaultValue as the strategy has it */
  readonly commitPath?: CommitPath;
  /** Single commits in the batching code. */
  readonly withoutBatchCommit?: boolean;
  /** No struct page lookup. */
  readonly withoutLookup?: boolean;
  /** No search for the end of the batch. */
  readonly withoutDiscovery?: boolean;
  /** arm64: overrides whether contiguous bits change without a flush. */
  readonly bbml2?: boolean;
}

/** A measuring program: a cycle of protection changes over one range, again and again. */
export interface Workload {
  readonly kernel: KernelRelease;
  /** @defaultValue the kernel's own */
  readonly strategy?: string;
  readonly layout: Layout;
  readonly pages: number;
  readonly cycle: readonly CycleProt[];
  /** The only change of the cycle that is timed. @defaultValue all are */
  readonly timed?: CycleProt;
  /** Cycles that the figure is of. @defaultValue 1 */
  readonly cycles?: number;
  /** Every cycle also clears all the memory, inside the figure. */
  readonly zeroes?: boolean;
  /** Every cycle also touches every page once, inside the figure. */
  readonly touches?: boolean;
  /** @defaultValue 'hot' */
  readonly memmap?: 'hot' | 'cold';
  readonly probe?: Probe;
}
