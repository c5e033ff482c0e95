import type { Operation } from '@ptelab/scenario';

/** What a story is about, as far as rules of what is left out ask. */
export interface StoryFacts {
  /** The memory is a file's or shared: no private anonymous memory. */
  readonly file: boolean;
  /** Folios of its file may be large. */
  readonly largeFile: boolean;
  /** userfaultfd write-protects some of it. */
  readonly watched: boolean;
}

/** Something that no story does. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
  /** True for operations that it is about. */
  readonly applies: (operation: Operation, facts: StoryFacts) => boolean;
}

/** Every rule. What stories have no words for at all is in the README. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    what: 'MADV_GUARD_INSTALL of file memory that userfaultfd write-protects',
    why: `the call never returns (6.18): zap_nonpresent_ptes keeps the markers of userfaultfd, and
      madvise_guard_install tries again until the slots are empty`,
    applies: (operation, { file, watched }) =>
      file && watched && operation.op === 'madvise' && operation.advice === 'GUARD_INSTALL',
  },
  {
    what: 'MADV_COLD of a file with large folios',
    why: `advice on a part of a folio splits it (madvise_cold_or_pageout_pte_range), and the model splits
      large folios of anonymous memory only`,
    applies: (operation, { largeFile }) =>
      largeFile && operation.op === 'madvise' && operation.advice === 'COLD',
  },
];
