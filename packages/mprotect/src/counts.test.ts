import type { AddressSpace } from '@ptelab/mm';
import { arm64, takeEvents, type Arm64Options, type KernelRelease } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  entryOf,
  mapAnon,
  NONE,
  protect,
  RO,
  RW,
  span,
  testMm,
  touch,
} from './testing.fixture.ts';

/*
 * What the system call costs on arm64 with 4K pages, on memory that page faults have filled: all
 * pages young and dirty, contiguous blocks folded.
 */

interface Case {
  /** Pages, in folios of `kb`. */
  readonly pages: number;
  readonly kb: number;
  readonly from: number;
  readonly to: number;
  /** Part to change; all of it by default. */
  readonly range?: readonly [number, number];
  /** State beyond what the faults make. */
  readonly prepare?: (mm: AddressSpace) => void;
}

const BLOCK = { pages: 16, kb: 64 };
const HUGE = { pages: 512, kb: 2048 };

/** Takes the contiguous bit from all entries. */
function loseCont(mm: AddressSpace): void {
  for (const i of span(0, 512)) {
    const { pfn, bits } = entryOf(mm, i);
    mm.allocTable(BASE).poke(i, { pfn, bits: bits & ~CONT });
  }
}
const CONT = 1 << 20; // raw bit 52

/** A huge page as single entries: a VMA boundary splits it, and taking that back leaves the entries. */
function splitHuge(mm: AddressSpace): void {
  protect(mm, 0, 256, RO);
  protect(mm, 0, 256, RW);
}

const CASES = {
  '1. 16 contiguous pages, RW to RO': { ...BLOCK, from: RW, to: RO },
  '2. 16 contiguous pages, RO to RW': { ...BLOCK, from: RO, to: RW },
  '3. 512 page folio, RW to RO': { ...HUGE, from: RW, to: RO, prepare: splitHuge },
  '4. 32 folios of 64K, RW to RO': { pages: 512, kb: 64, from: RW, to: RO },
  '4. 32 folios of 64K, RO to RW': { pages: 512, kb: 64, from: RO, to: RW },
  '5. 16 contiguous pages, RW to NONE': { ...BLOCK, from: RW, to: NONE },
  '6. 16 pages, NONE to RW': { ...BLOCK, from: NONE, to: RW },
  '7. 16 single pages, RW to RO': { pages: 16, kb: 4, from: RW, to: RO },
  '7. 16 single pages, RO to RW': { pages: 16, kb: 4, from: RO, to: RW },
  '8. 512 single pages, RW to RO': { pages: 512, kb: 4, from: RW, to: RO },
  '8b. 512 single pages, NONE to RW': { pages: 512, kb: 4, from: NONE, to: RW },
  '9. 8 page folio, RW to RO': { pages: 16, kb: 32, from: RW, to: RO, range: [0, 8] },
  '9. 8 page folio that ends a block': { pages: 16, kb: 32, from: RW, to: RO, range: [8, 16] },
  '10. first 8 pages of a block': { ...BLOCK, from: RW, to: RO, range: [0, 8] },
  '11. last 8 pages of a block': { ...BLOCK, from: RW, to: RO, range: [8, 16] },
  '12. slot 5 of a block': { ...BLOCK, from: RW, to: RO, range: [5, 6] },
  '13. pages 8 to 40 of a 64 page folio': { pages: 64, kb: 256, from: RW, to: RO, range: [8, 40] },
  '14. 512 page folio that lost CONT': {
    ...HUGE,
    from: RW,
    to: RO,
    prepare: (mm) => {
      splitHuge(mm);
      loseCont(mm);
    },
  },
} as const satisfies Record<string, Case>;

type Era = 'before' | '6.17' | '6.17..7.2' | '6.19+' | '7.3' | 'after' | 'all';
const KERNELS: Readonly<Record<Era, readonly KernelRelease[]>> = {
  before: ['6.12', '6.16'],
  '6.17': ['6.17', '6.18'],
  '6.17..7.2': ['6.17', '6.18', '6.19', '7.1', '7.2'],
  '6.19+': ['6.19', '7.1', '7.2', '7.3'],
  '7.3': ['7.3'],
  after: ['6.17', '6.18', '6.19', '7.1', '7.2', '7.3'],
  all: ['6.12', '6.16', '6.17', '6.18', '6.19', '7.1', '7.2', '7.3'],
};

/** Reads, writes, swaps, unfolds, folds, flush calls; TLBIs with ranges, without; DSBs; CONT after. */
type Row = readonly [keyof typeof CASES, Era, ...number[]];

// In the column without ranges a flush of 512 pages counts one, ASIDE1IS.
const ROWS: readonly Row[] = [
  ['1. 16 contiguous pages, RW to RO', 'before', 80, 48, 48, 1, 1, 3, 3, 48, 6, 16],
  ['1. 16 contiguous pages, RW to RO', 'after', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['2. 16 contiguous pages, RO to RW', 'before', 80, 48, 48, 1, 1, 3, 3, 48, 6, 16],
  ['2. 16 contiguous pages, RO to RW', 'after', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['3. 512 page folio, RW to RO', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['3. 512 page folio, RW to RO', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['4. 32 folios of 64K, RW to RO', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['4. 32 folios of 64K, RW to RO', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['4. 32 folios of 64K, RO to RW', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['4. 32 folios of 64K, RO to RW', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['5. 16 contiguous pages, RW to NONE', 'before', 64, 32, 32, 1, 0, 2, 2, 32, 4, 0],
  ['5. 16 contiguous pages, RW to NONE', '6.17..7.2', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['5. 16 contiguous pages, RW to NONE', '7.3', 3, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['6. 16 pages, NONE to RW', 'before', 64, 32, 32, 0, 1, 2, 2, 32, 4, 16],
  ['6. 16 pages, NONE to RW', '6.17', 16, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['6. 16 pages, NONE to RW', '6.19+', 16, 16, 16, 0, 0, 0, 0, 0, 0, 16],
  ['7. 16 single pages, RW to RO', 'all', 48, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['7. 16 single pages, RO to RW', 'all', 48, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['8. 512 single pages, RW to RO', 'all', 1536, 512, 512, 0, 0, 1, 1, 1, 2, 0],
  ['8b. 512 single pages, NONE to RW', '6.19+', 1536, 512, 512, 0, 0, 0, 0, 0, 0, 0],
  ['9. 8 page folio, RW to RO', 'before', 24, 8, 8, 0, 0, 1, 1, 8, 2, 0],
  ['9. 8 page folio, RW to RO', 'after', 10, 8, 8, 0, 0, 1, 1, 8, 2, 0],
  ['9. 8 page folio that ends a block', 'after', 9, 8, 8, 0, 0, 1, 1, 8, 2, 0],
  ['10. first 8 pages of a block', 'before', 40, 24, 24, 1, 0, 2, 2, 24, 4, 0],
  ['10. first 8 pages of a block', 'after', 5, 24, 24, 1, 0, 2, 2, 24, 4, 0],
  ['11. last 8 pages of a block', 'before', 41, 24, 24, 1, 0, 2, 2, 24, 4, 0],
  ['11. last 8 pages of a block', 'after', 4, 24, 24, 1, 0, 2, 2, 24, 4, 0],
  ['12. slot 5 of a block', 'before', 19, 17, 17, 1, 0, 2, 2, 17, 4, 0],
  ['12. slot 5 of a block', 'after', 5, 17, 17, 1, 0, 2, 2, 17, 4, 0],
  ['13. pages 8 to 40 of a 64 page folio', 'before', 161, 96, 96, 3, 1, 5, 5, 96, 10, 32],
  ['13. pages 8 to 40 of a 64 page folio', 'after', 11, 64, 64, 2, 0, 3, 3, 64, 6, 32],
  ['14. 512 page folio that lost CONT', 'before', 2048, 1024, 1024, 0, 32, 33, 33, 513, 66, 512],
  ['14. 512 page folio that lost CONT', 'after', 512, 512, 512, 0, 0, 1, 1, 1, 2, 512],
];

/** Counts of one call: work, flush calls, TLBIs, barriers, contiguous entries left. */
function run(options: Arm64Options, given: Case): number[] {
  const { pages, kb, from, to, range = [0, pages], prepare } = given;
  const mm = testMm(arm64(options), kb === 4 ? [] : [kb]);
  mapAnon(mm, 0, Math.max(pages, kb / 4));
  touch(mm, 0, pages);
  prepare?.(mm);
  if (from !== RW) protect(mm, 0, pages, from);
  takeEvents(mm.events);
  expect(protect(mm, range[0], range[1], to)).toEqual({ error: null, pages: range[1] - range[0] });
  const e = mm.events;
  const cont = span(0, pages).filter((i) => (entryOf(mm, i).bits & CONT) !== 0).length;
  const work = [e.rawReads, e.rawWrites, e.xchg, e.unfolds, e.folds, e.flushCalls];
  return [...work, e.tlbiOps, e.dsb, cont];
}

const TABLE = ROWS.map(([name, era, ...counts]) => ({ name, era, counts }));

describe.each(TABLE)('row $name, $era', ({ name, era, counts }) => {
  const given: Case = CASES[name];
  const work = counts.slice(0, 6);
  const [, , , , , flushes = 0, withRange = 0, without = 0, dsb = 0, cont = 0] = counts;

  it.each(KERNELS[era])('%s', (kernel) => {
    expect(run({ kernel }, given)).toEqual([...work, withRange, dsb, cont]);
    const options: Arm64Options = { kernel, tlbiRange: false };
    // up to 6.19 a flush by ASID ends with one barrier more
    const fallsBack = flushes > 0 && given.pages >= 512;
    const again = fallsBack && arm64(options).features.fullFlushSyncsTwice ? 1 : 0;
    expect(run(options, given)).toEqual([...work, without, dsb + again, cont]);
  });
});

describe('beyond the table', () => {
  it('12b. slot 5 of a block on a BBML2 CPU: one flush, at the end', () => {
    for (const kernel of KERNELS.after) {
      const counts = run({ kernel, bbml2: true }, CASES['12. slot 5 of a block']);
      expect(counts).toEqual([5, 17, 17, 1, 0, 1, 1, 2, 0]);
    }
  });
});
