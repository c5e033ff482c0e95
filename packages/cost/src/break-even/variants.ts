import type { KernelRelease } from '@ptelab/pte';
import type { Layout, Workload } from '../workload/workload.ts';

/** One way to change protection, on the release that it belongs to. */
export interface Variant {
  /** Name of the strategy. */
  readonly label: string;
  readonly kernel: KernelRelease;
}

/** One entry at a time, up to 6.16. */
export const PER_PTE: Variant = { label: 'per-pte', kernel: '6.16' };
/** Batches, 6.17 to 7.0. */
export const MERGED: Variant = { label: 'merged', kernel: '6.19' };
/** Batches, with a path of their own for single entries, since 7.1. */
export const SINGLE_FAST_PATH: Variant = { label: 'single-fast-path', kernel: '7.3' };
/** The same, without the lookup where no contiguous bit shows that there is a batch. */
export const BATCH_HINT: Variant = { label: 'batch-hint', kernel: '7.3' };

/** In order of time. */
export const VARIANTS: readonly Variant[] = [PER_PTE, MERGED, SINGLE_FAST_PATH, BATCH_HINT];

/** 64 MiB, as the messages have it. */
const PAGES = 16384;

/** Both directions of a cycle count alike. */
export const PER_PAGE: number = 1 / (2 * PAGES);

/** A large range that becomes read-only and writable again. */
export function cycleOf(
  { label, kernel }: Variant,
  layout: Layout,
  memmap: 'hot' | 'cold' = 'hot',
): Workload {
  return { kernel, strategy: label, layout, pages: PAGES, cycle: ['r', 'rw'], memmap };
}
