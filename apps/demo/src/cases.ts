import type { Operation, ProtLetters } from '@ptelab/scenario';

/** A story to look at. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** Two or three sentences: what happens and what to look for. */
  readonly about: string;
  /** Pages to show, from page 0; at most 128. */
  readonly pages: number;
  readonly operations: readonly Operation[];
}

function written(at: number, pages: number): Operation[] {
  return [
    { op: 'mmap', at, pages, prot: 'rw', kind: 'anon' },
    { op: 'write', at, pages },
  ];
}

function thereAndBack(at: number, pages: number, prot: ProtLetters): Operation[] {
  return [
    { op: 'mprotect', at, pages, prot },
    { op: 'mprotect', at, pages, prot: 'rw' },
  ];
}

const FOLIOS_64K: Operation = { op: 'thp', kb: 64, enabled: 'always' };

/** The built-in cases; the first one is shown first. */
export const CASES: readonly [Case, ...Case[]] = [
  {
    name: 'whole-folio',
    title: 'A whole 64K folio',
    about:
      'All 16 entries of a contiguous block become read-only, then writable again. Entry by entry, ' +
      'the first change dissolves the block and the last one builds it again; as one batch of 16, ' +
      'it stays whole. The entries end up the same: what differs is the work.',
    pages: 16,
    operations: [FOLIOS_64K, ...written(0, 16), ...thereAndBack(0, 16, 'r')],
  },
  {
    name: 'partial-block',
    title: 'Part of a 64K block',
    about:
      'The range starts in the middle of one 64K folio and ends in the middle of the next, so on ' +
      'arm64 both contiguous blocks have to be dissolved, batched or not. Look at the way back: ' +
      'only the change entry by entry builds a block again, and only the first one, because only ' +
      'there it reaches the last entry.',
    pages: 32,
    operations: [FOLIOS_64K, ...written(0, 32), ...thereAndBack(8, 16, 'r')],
  },
  {
    name: 'hole',
    title: 'A hole in a folio',
    about:
      'MADV_DONTNEED takes pages 5 to 7 out of a 64K folio, which dissolves its contiguous block. A ' +
      'batch ends at the hole, so batching makes two of 5 and 8 entries out of 13 single ones; the ' +
      'empty entries are skipped.',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'madvise', at: 5, pages: 3, advice: 'DONTNEED' },
      ...thereAndBack(0, 16, 'r'),
    ],
  },
  {
    name: 'mixed-folios',
    title: 'Folios of mixed sizes',
    about:
      'A fault takes the largest enabled folio that fits its aligned place: 16K, 32K, 64K, 32K, ' +
      '16K, and single pages at the end. A batch never leaves its folio, so there are eight of ' +
      'them. Only the 64K folio fills a contiguous block of arm64.',
    pages: 48,
    operations: [
      { op: 'thp', kb: 16, enabled: 'always' },
      { op: 'thp', kb: 32, enabled: 'always' },
      FOLIOS_64K,
      ...written(4, 43),
      ...thereAndBack(4, 43, 'r'),
    ],
  },
  {
    name: 'prot-none',
    title: 'PROT_NONE and back',
    about:
      'PROT_NONE keeps the entries but makes them invalid for the hardware. On arm64, 6.17 leaves ' +
      'the contiguous bit on the invalid entries and 7.3 does not; entry by entry, the block is ' +
      'dissolved first. Since 6.19, arm64 needs no flush on the way back, like x86-64.',
    pages: 16,
    operations: [FOLIOS_64K, ...written(0, 16), ...thereAndBack(0, 16, 'n')],
  },
  {
    name: 'fork',
    title: 'Fork, and the child exits',
    about:
      'After a fork no page is exclusive to the parent, even when the child is gone. One write ' +
      'makes page 3 exclusive again: in place since 6.15, by a copy before. Made writable again, ' +
      'only page 3 may get its write bit at once, so a batch of 16 is committed in runs of 3, 1 and ' +
      '12.',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'fork', id: 'child' },
      { op: 'child', id: 'child', does: 'exit' },
      { op: 'write', at: 3, pages: 1 },
      ...thereAndBack(0, 16, 'r'),
    ],
  },
];
