import type { KernelRelease } from '@ptelab/pte';
import type { Workload } from '../workload/workload.ts';
import type { PublishedRow, PublishedTable, RowUse } from './row.ts';

/*
 * The program of the cover letters: 1 GiB of private anonymous memory, written once; then 40 times: read-only
 * as a whole, read-write as a whole, cleared as a whole. Its total time is what is published, so clearing
 * 40 GiB is part of every figure.
 */

const PAGES = 262144;
const MACHINE = 'apple-m3';

type Case = 'T1' | 'T2' | 'T3';
const KB: Readonly<Record<Case, number>> = { T1: 2048, T2: 64, T3: 4 };
const FOLIOS: Readonly<Record<Case, string>> = {
  T1: '2 MiB folios',
  T2: '64 KiB folios',
  T3: '4 KiB pages',
};

interface Version {
  readonly kernel: KernelRelease;
  readonly strategy?: string;
}

const BEFORE: Version = { kernel: '6.16' };
const AFTER: Version = { kernel: '6.17' };

function program(which: Case, version: Version): Workload {
  return {
    ...version,
    layout: { memory: 'anon', kb: KB[which] },
    pages: PAGES,
    cycle: ['r', 'rw'],
    cycles: 40,
    zeroes: true,
  };
}

function time(
  use: RowUse,
  which: Case,
  when: 'before' | 'after',
  [published, plusMinus]: readonly [number, number],
): PublishedRow {
  return {
    id: `v5-${which}-${when}`,
    machine: MACHINE,
    what: `${which}, ${FOLIOS[which]}, ${when}`,
    use,
    published,
    plusMinus,
    unit: 's',
    of: [{ workload: program(which, when === 'before' ? BEFORE : AFTER) }],
  };
}

interface Ratio {
  readonly id: string;
  readonly use: RowUse;
  readonly what: string;
  readonly figures: readonly [number, number];
  readonly of: Workload;
  readonly over: Workload;
  readonly caveat?: string;
}

/** A ratio of two figures that are both rounded to a tenth. */
function ratio({ figures: [a, b], of, over, ...row }: Ratio): PublishedRow {
  const published = a / b;
  const plusMinus = published * Math.hypot(0.05 / a, 0.05 / b);
  return {
    ...row,
    machine: MACHINE,
    published,
    plusMinus,
    unit: '1',
    of: [{ workload: of }],
    over: [{ workload: over }],
  };
}

const speedup = (
  [id, use]: readonly [string, RowUse],
  which: Case,
  figures: readonly [number, number],
  after: Version = AFTER,
): Ratio => ({
  id,
  use,
  what: `${which}, before / after`,
  figures,
  of: program(which, BEFORE),
  over: program(which, after),
});

/** The last posting before the merge. */
export const COVER_LETTER_V5: PublishedTable = {
  id: 'cover-v5',
  title: 'Cover letter, version 5: 40 x { read-only, read-write, clear } of 1 GiB',
  source:
    'D. Jain, "Optimize mprotect() for large folios" v5, 18 Jul 2025, <20250718090244.21092-1-dev.jain@arm.com>',
  rows: [
    time('validation', 'T1', 'before', [2.1, 0.05]),
    time('fit', 'T2', 'before', [2, 0.05]),
    time('fit', 'T3', 'before', [1, 0.05]),
    time('validation', 'T1', 'after', [0.65, 0.025]),
    time('validation', 'T2', 'after', [0.7, 0.05]),
    time('fit', 'T3', 'after', [1.1, 0.05]),
    ratio(speedup(['v5-T1', 'validation'], 'T1', [2.1, 0.65])),
    ratio(speedup(['v5-T2', 'validation'], 'T2', [2, 0.7])),
    { ...ratio(speedup(['v5-T3', 'fit'], 'T3', [1, 1.1])), derived: true },
    ratio({
      id: 'v5-T1-T2-before',
      use: 'validation',
      what: 'before: T1 / T2',
      figures: [2.1, 2],
      of: program('T1', BEFORE),
      over: program('T2', BEFORE),
    }),
    ratio({
      id: 'v5-T2-T3-after',
      use: 'validation',
      what: 'after: T2 / T3',
      figures: [0.7, 1.1],
      of: program('T2', AFTER),
      over: program('T3', AFTER),
    }),
  ],
};

const V3: Version = { kernel: '6.17', strategy: 'series-v3' };
const V4: Version = { kernel: '6.17', strategy: 'series-v4' };
const OTHER_LOOPS =
  'the author says that these versions ran more loops than the posted 40: only ratios can be compared';

function early(id: string, code: Version, t3: number, note: string): PublishedRow[] {
  const caveat = `${OTHER_LOOPS}${note}`;
  const rows: readonly Ratio[] = [
    speedup([`${id}-T1`, 'validation'], 'T1', [7.9, 2.1], code),
    speedup([`${id}-T2`, 'validation'], 'T2', [7.9, 2.2], code),
    speedup([`${id}-T3`, 'validation'], 'T3', [4.2, t3], code),
    {
      id: `${id}-T2-T3-after`,
      use: 'validation',
      what: 'after: T2 / T3',
      figures: [2.2, t3],
      of: program('T2', code),
      over: program('T3', code),
    },
  ];
  return rows.map((row) => ratio({ ...row, what: `${id}: ${row.what}`, caveat }));
}

/** The postings before, with figures of another number of loops. */
export const COVER_LETTER_V1_V4: PublishedTable = {
  id: 'cover-v1-v4',
  title: 'Cover letters, versions 1 to 4: the same program, more loops',
  source: 'D. Jain, v1 28 Apr 2025, v3 <20250519074824.42909-1>, v4 <20250628113435.46678-1>',
  rows: [
    ...early('v1', V3, 4.2, '; computed with the code of v3, the oldest that the model has'),
    ...early('v3', V3, 4.3, ''),
    ...early('v4', V4, 4.3, ''),
    ratio({
      id: 'v1-T2-T3-before',
      use: 'validation',
      what: 'v1 to v4: before: T2 / T3',
      figures: [7.9, 4.2],
      of: program('T2', BEFORE),
      over: program('T3', BEFORE),
      caveat: OTHER_LOOPS,
    }),
  ],
};
