/**
 * Flags of a folio as a whole: those of `enum pageflags` that a page's life in the model changes.
 *
 * `REFERENCED`: it was used since reclaim looked last. `ACTIVE`: it goes to the list of folios in use.
 * `DIRTY`: it holds data that its backing store lacks. `SWAPBACKED`: it goes to swap under memory
 * pressure; MADV_FREE takes that away. `PRIVATE`: a file system keeps something at it (buffer heads).
 * `MLOCKED` and `UNEVICTABLE`: a VMA locks it in memory. `DCACHE_CLEAN` (arm64): instructions may be
 * fetched from it.
 */
export const FOLIO_FLAG = {
  REFERENCED: 1,
  DIRTY: 2,
  SWAPBACKED: 4,
  PRIVATE: 8,
  MLOCKED: 16,
  UNEVICTABLE: 32,
  DCACHE_CLEAN: 64,
  ACTIVE: 128,
} as const;

/** One of the values of {@link FOLIO_FLAG}. */
export type FolioFlag = (typeof FOLIO_FLAG)[keyof typeof FOLIO_FLAG];
