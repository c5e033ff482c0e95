/**
 * Which code changes the present entries: it decides what a commit costs, and the events don't show it.
 *
 * - `single`: one entry at a time, inlined (up to 6.16)
 * - `batch`: the batching code for all entries (6.17 to 7.0)
 * - `fast-path`: the batching code, with a path of its own for single entries (since 7.1)
 */
export type CommitPath = 'single' | 'batch' | 'fast-path';

/** What events alone don't tell about a call. */
export interface CostContext {
  /** @defaultValue 'batch' */
  readonly commitPath?: CommitPath;
  /**
   * Whether struct pages hit the caches or are read in order, or lie anywhere in memory.
   *
   * @defaultValue 'hot'
   */
  readonly memmap?: 'hot' | 'cold';
  /** mprotect calls that the events are of. @defaultValue 1 */
  readonly calls?: number;
  /** Faults to be priced with the call. @defaultValue those of the events */
  readonly faults?: number;
  /** arm64: entries of a contiguous block. @defaultValue 16 */
  readonly contPtes?: number;
  /** arm64: folding and unfolding flushed nothing. @defaultValue as on the machine */
  readonly bbml2?: boolean;
  /** arm64: ranges took one TLBI. @defaultValue as on the machine */
  readonly tlbiRange?: boolean;
}

/** Which code a built-in strategy is priced as; those of the user's own as batching code. */
export function commitPathOf(strategy: string): CommitPath {
  if (strategy === 'per-pte') return 'single';
  // The idea of `batch-hint` came up on 7.1, and skips only the lookup.
  if (strategy === 'single-fast-path' || strategy === 'batch-hint') return 'fast-path';
  return 'batch';
}
