import type { Operation } from '@ptelab/scenario';

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

const FOLIOS_64K: Operation = { op: 'thp', kb: 64, enabled: 'always' };

/** The built-in cases; the first one is shown first. */
export const CASES: readonly [Case, ...Case[]] = [
  {
    name: 'whole-folio',
    title: 'A whole 64K folio',
    about: '',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'mprotect', at: 0, pages: 16, prot: 'r' },
      { op: 'mprotect', at: 0, pages: 16, prot: 'rw' },
    ],
  },
  {
    name: 'partial-block',
    title: 'Part of a 64K block',
    about: '',
    pages: 32,
    operations: [
      FOLIOS_64K,
      ...written(0, 32),
      { op: 'mprotect', at: 8, pages: 16, prot: 'r' },
      { op: 'mprotect', at: 8, pages: 16, prot: 'rw' },
    ],
  },
  {
    name: 'hole',
    title: 'A hole in a folio',
    about: '',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'madvise', at: 5, pages: 3, advice: 'DONTNEED' },
      { op: 'mprotect', at: 0, pages: 16, prot: 'r' },
      { op: 'mprotect', at: 0, pages: 16, prot: 'rw' },
    ],
  },
  {
    name: 'mixed-folios',
    title: 'Folios of mixed sizes',
    about: '',
    pages: 48,
    operations: [
      { op: 'thp', kb: 16, enabled: 'always' },
      { op: 'thp', kb: 32, enabled: 'always' },
      FOLIOS_64K,
      ...written(4, 43),
      { op: 'mprotect', at: 4, pages: 43, prot: 'r' },
      { op: 'mprotect', at: 4, pages: 43, prot: 'rw' },
    ],
  },
  {
    name: 'prot-none',
    title: 'PROT_NONE and back',
    about: '',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'mprotect', at: 0, pages: 16, prot: 'n' },
      { op: 'mprotect', at: 0, pages: 16, prot: 'rw' },
    ],
  },
  {
    name: 'fork',
    title: 'Fork, and the child exits',
    about: '',
    pages: 16,
    operations: [
      FOLIOS_64K,
      ...written(0, 16),
      { op: 'fork', id: 'child' },
      { op: 'child', id: 'child', does: 'exit' },
      { op: 'write', at: 3, pages: 1 },
      { op: 'mprotect', at: 0, pages: 16, prot: 'r' },
      { op: 'mprotect', at: 0, pages: 16, prot: 'rw' },
    ],
  },
];
