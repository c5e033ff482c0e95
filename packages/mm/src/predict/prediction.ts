/**
 * What one fault does:
 *
 * - `anon-new`, `zero-page`, `huge-new`, `huge-zero`: first touch of anonymous memory;
 * - `file-map`, `file-around`, `file-huge`: pages of a file; `file-copy`: a private copy of one;
 * - `swap-in`: the page comes back from swap;
 * - `reuse`, `huge-reuse`: the page is kept and becomes writable; `copy`: a fresh single page;
 * - `shared-reuse`, `shared-notify`: a page of a shared mapping becomes writable, without or with the
 *   file system being told;
 * - `uffd-wait`: the writer waits for a userfaultfd; `uffd-resolve`: the fault lifted the protection and
 *   came to nothing else, for the entry changed under it;
 * - `access-flags`: the CPU left accessed or dirty to software; `numa-hint`: the access comes back;
 * - `stale-marker`: a marker without userfaultfd goes, the access faults again;
 * - `segv`, `guard`, `sigbus`, `poisoned`: a signal.
 */
export type FaultEffect =
  | 'access-flags'
  | 'anon-new'
  | 'copy'
  | 'file-around'
  | 'file-copy'
  | 'file-huge'
  | 'file-map'
  | 'guard'
  | 'huge-new'
  | 'huge-reuse'
  | 'huge-zero'
  | 'numa-hint'
  | 'poisoned'
  | 'reuse'
  | 'segv'
  | 'shared-notify'
  | 'shared-reuse'
  | 'sigbus'
  | 'stale-marker'
  | 'swap-in'
  | 'uffd-resolve'
  | 'uffd-wait'
  | 'zero-page';

/** Every {@link FaultEffect}, in alphabetical order. */
export const FAULT_EFFECTS: readonly FaultEffect[] = [
  'access-flags',
  'anon-new',
  'copy',
  'file-around',
  'file-copy',
  'file-huge',
  'file-map',
  'guard',
  'huge-new',
  'huge-reuse',
  'huge-zero',
  'numa-hint',
  'poisoned',
  'reuse',
  'segv',
  'shared-notify',
  'shared-reuse',
  'sigbus',
  'stale-marker',
  'swap-in',
  'uffd-resolve',
  'uffd-wait',
  'zero-page',
];

/** Consecutive virtual pages. */
export interface PageRun {
  /** First page. */
  readonly start: number;
  readonly nr: number;
}

/** One fault of a predicted access. */
export interface PredictedFault {
  readonly effect: FaultEffect;
  /** Order of the folio that is allocated for the page, or null. */
  readonly order: number | null;
  /**
   * Pages that the fault maps, makes writable, gives access back to or marks accessed; ascending, the
   * touched one among them. Empty if it does none of that.
   */
  readonly pages: readonly PageRun[];
}

/** What touching a page next would do. */
export interface FaultPrediction {
  /** The virtual page. */
  readonly vpn: number;
  /** Faults that are resolved: what an access result counts. */
  readonly faults: number;
  /** The faults in order; one that ends in a signal is last, and not counted in `faults`. */
  readonly effects: readonly PredictedFault[];
  readonly signal: 'SIGBUS' | 'SIGSEGV' | null;
}
