import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { change, cost, mapped, span, testMm, where } from '../testing.fixture.ts';
import { Arm64, arm64, type Arm64Options } from './arm64.ts';
import { CONT, NONE_DIRTY, RO_DIRTY, RW_DIRTY } from './entries.fixture.ts';
import { pteMkclean } from './entry.ts';
import { changeProtection } from '../mprotect.fixture.ts';
import type { Arm64Granule } from './params.ts';
import { ARM64_PROT } from './protections.ts';

const { READONLY, NONE } = ARM64_PROT;
const RW = { prot: READONLY, mkwrite: true };
const RO = { prot: READONLY, mkwrite: false };
const NO = { prot: NONE, mkwrite: false };

/** What is mapped and what is asked for. */
interface Case {
  readonly bits: number;
  readonly to: typeof RW;
  /** Pages mapped, in folios of this order. */
  readonly pages: number;
  readonly order: number;
  readonly index?: number;
  readonly nr?: number;
  /** Slot of the first page. */
  readonly at?: number;
}

const BLOCK = { pages: 16, order: 4 };
const HUGE = { pages: 512, order: 9 };
const RW_CONT = RW_DIRTY | CONT;
const RO_CONT = RO_DIRTY | CONT;
const CASES = {
  '1. 16 contiguous pages, RW to RO': { ...BLOCK, bits: RW_CONT, to: RO },
  '2. 16 contiguous pages, RO to RW': { ...BLOCK, bits: RO_CONT, to: RW },
  '2b. 16 contiguous pages, clean, RO to RW': { ...BLOCK, bits: READONLY | CONT, to: RW },
  '3. 512 page folio, RW to RO': { ...HUGE, bits: RW_CONT, to: RO },
  '3. 512 page folio, RO to RW': { ...HUGE, bits: RO_CONT, to: RW },
  '4. 32 folios of 64K, RW to RO': { pages: 512, order: 4, bits: RW_CONT, to: RO },
  '5. 16 contiguous pages, RW to NONE': { ...BLOCK, bits: RW_CONT, to: NO },
  '6. 16 pages, NONE to RW': { ...BLOCK, bits: NONE_DIRTY, to: RW },
  '7. 16 single pages, RW to RO': { pages: 16, order: 0, bits: RW_DIRTY, to: RO },
  '7. 16 single pages, RO to RW': { pages: 16, order: 0, bits: RO_DIRTY, to: RW },
  '8. 512 single pages, RW to RO': { pages: 512, order: 0, bits: RW_DIRTY, to: RO },
  '8. 512 single pages, RO to RW': { pages: 512, order: 0, bits: RO_DIRTY, to: RW },
  '8b. 512 single pages, NONE to RW': { pages: 512, order: 0, bits: NONE_DIRTY, to: RW },
  '9. 8 page folio, RW to RO': { pages: 8, order: 3, bits: RW_DIRTY, to: RO },
  '9. 8 page folio that ends a block': { pages: 8, order: 3, bits: RW_DIRTY, to: RO, at: 8 },
  '10. first 8 pages of a block': { ...BLOCK, bits: RW_CONT, to: RO, index: 0, nr: 8 },
  '11. last 8 pages of a block': { ...BLOCK, bits: RW_CONT, to: RO, index: 8, nr: 8 },
  '12. slot 5 of a block': { ...BLOCK, bits: RW_CONT, to: RO, index: 5, nr: 1 },
  '13. pages 8 to 40 of a 64 page folio': {
    pages: 64,
    order: 6,
    bits: RW_CONT,
    to: RO,
    index: 8,
    nr: 32,
  },
  '14. 512 page folio that lost CONT': { ...HUGE, bits: RW_DIRTY, to: RO },
} as const satisfies Record<string, Case>;

type Era = 'before' | '6.17' | '6.17..7.2' | '6.19+' | '7.3' | 'after' | 'all';
const KERNELS: Readonly<Record<Era, readonly KernelRelease[]>> = {
  before: ['6.12', '6.16'],
  '6.17': ['6.17', '6.18'],
  '6.17..7.2': ['6.17', '6.18', '6.19', '7.1', '7.2'],
  '6.19+': ['6.19', '7.1', '7.2', '7.3'],
  '7.3': ['7.3'],
  after: ['6.17-rc1', '6.17', '6.18', '6.19', '7.1', '7.2', '7.3'],
  all: ['6.12', '6.16', '6.17-rc1', '6.17', '6.18', '6.19', '7.1', '7.2', '7.3'],
};

/** Reads, writes, swaps, unfolds, folds, flush calls. */
type Work = readonly [number, number, number, number, number, number];
/** The work, then TLBIs, DSBs and entries with CONT after it. */
type Counts = readonly [...Work, number, number, number];
/** The work, then TLBIs with range operations, without, DSBs and entries with CONT after it. */
type Row = readonly [keyof typeof CASES, Era, ...Work, number, number, number, number];

// In the column without ranges a flush of 512 pages counts one, ASIDE1IS.
const ROWS: readonly Row[] = [
  ['1. 16 contiguous pages, RW to RO', 'before', 80, 48, 48, 1, 1, 3, 3, 48, 6, 16],
  ['1. 16 contiguous pages, RW to RO', 'after', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['2. 16 contiguous pages, RO to RW', 'before', 80, 48, 48, 1, 1, 3, 3, 48, 6, 16],
  ['2. 16 contiguous pages, RO to RW', 'after', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['2b. 16 contiguous pages, clean, RO to RW', 'after', 17, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['3. 512 page folio, RW to RO', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['3. 512 page folio, RW to RO', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['3. 512 page folio, RO to RW', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['3. 512 page folio, RO to RW', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['4. 32 folios of 64K, RW to RO', 'before', 2560, 1536, 1536, 32, 32, 65, 65, 1025, 130, 512],
  ['4. 32 folios of 64K, RW to RO', 'after', 96, 512, 512, 0, 0, 1, 1, 1, 2, 512],
  ['5. 16 contiguous pages, RW to NONE', 'before', 64, 32, 32, 1, 0, 2, 2, 32, 4, 0],
  ['5. 16 contiguous pages, RW to NONE', '6.17..7.2', 3, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['5. 16 contiguous pages, RW to NONE', '7.3', 3, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['6. 16 pages, NONE to RW', 'before', 64, 32, 32, 0, 1, 2, 2, 32, 4, 16],
  ['6. 16 pages, NONE to RW', '6.17', 16, 16, 16, 0, 0, 1, 1, 16, 2, 16],
  ['6. 16 pages, NONE to RW', '6.19+', 16, 16, 16, 0, 0, 0, 0, 0, 0, 16],
  ['7. 16 single pages, RW to RO', 'all', 48, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['7. 16 single pages, RO to RW', 'all', 48, 16, 16, 0, 0, 1, 1, 16, 2, 0],
  ['8. 512 single pages, RW to RO', 'all', 1536, 512, 512, 0, 0, 1, 1, 1, 2, 0],
  ['8. 512 single pages, RO to RW', 'all', 1536, 512, 512, 0, 0, 1, 1, 1, 2, 0],
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

/** The block-aligned frame that every folio order here divides. */
const FOLIO_PFN = 0x12200;

function run(options: Arm64Options, given: Case): Counts {
  const arch = arm64(options);
  const { at = 0, index = at, nr = given.pages } = given;
  const table = mapped(arch, { bits: given.bits, nr: given.pages, index: at, pfn: FOLIO_PFN });
  const mm = testMm({ order: given.order });
  const mode = arch.features.modifyProtRange ? 'batched' : 'per-pte';
  changeProtection(arch, mm, table, { index, nr, ...given.to }, mode);
  const e = mm.events;
  const contAfter = where(table, (bits) => (bits & CONT) !== 0).length;
  return [
    e.rawReads,
    e.rawWrites,
    e.xchg,
    e.unfolds,
    e.folds,
    e.flushCalls,
    e.tlbiOps,
    e.dsb,
    contAfter,
  ];
}

const TABLE = ROWS.map(([name, era, ...counts]) => ({ name, era, counts }));

describe.each(TABLE)('row $name, $era', ({ name, era, counts }) => {
  const given: Case = CASES[name];
  const work = counts.slice(0, 6);
  const [, , , , , flushes, withRange, without, dsb, cont] = counts;

  it.each(KERNELS[era])('%s with range operations', (kernel) => {
    expect(run({ kernel }, given)).toEqual([...work, withRange, dsb, cont]);
  });

  it.each(KERNELS[era])('%s without', (kernel) => {
    const options: Arm64Options = { kernel, tlbiRange: false };
    // up to 6.19 a flush by ASID ends with one barrier more
    const fallsBack = flushes > 0 && (given.nr ?? given.pages) >= 512;
    const again = fallsBack && arm64(options).features.fullFlushSyncsTwice ? 1 : 0;
    expect(run(options, given)).toEqual([...work, without, dsb + again, cont]);
  });
});

describe('row 12b. slot 5 of a block on a BBML2 CPU', () => {
  it.each([true, false])('with range operations %s', (tlbiRange) => {
    for (const kernel of KERNELS.after) {
      const counts = run({ kernel, tlbiRange, bbml2: true }, CASES['12. slot 5 of a block']);
      expect(counts).toEqual([5, 17, 17, 1, 0, 1, 1, 2, 0]);
    }
  });
});

describe('closed forms for K blocks of N pages', () => {
  const shapes: readonly [Arm64Granule, number, number, number][] = [
    ['4k', 16, 1, 4],
    ['4k', 16, 7, 4],
    ['16k', 128, 1, 7],
    ['16k', 128, 5, 7],
    ['64k', 32, 3, 5],
  ];

  it.each(shapes)('%s: N = %i, K = %i', (granule, n, k, order) => {
    const form = (kernel: KernelRelease, bits: number, to: typeof RW): Counts =>
      run({ kernel, granule }, { bits, to, pages: k * n, order });
    const before = form('6.16', RW_CONT, RO);
    expect(before.slice(0, 6)).toEqual([5 * n * k, 3 * n * k, 3 * n * k, k, k, 2 * k + 1]);
    expect(before.slice(7)).toEqual([4 * k + 2, n * k]);
    const after = form('7.3', RW_CONT, RO);
    expect(after.slice(0, 6)).toEqual([3 * k, n * k, n * k, 0, 0, 1]);
    expect(after.slice(7)).toEqual([2, n * k]);
    const none = [4 * n * k, 2 * n * k, 2 * n * k];
    expect(form('6.16', RW_CONT, NO).slice(0, 6)).toEqual([...none, k, 0, k + 1]);
    expect(form('6.16', NONE_DIRTY, RW).slice(0, 6)).toEqual([...none, 0, k, k + 1]);
    expect(form('7.3', NONE_DIRTY, RW).slice(0, 6)).toEqual([n * k, n * k, n * k, 0, 0, 0]);
  });
});

describe('beyond the table', () => {
  it('batching without the early-exit getter costs 1 + N reads per block', () => {
    const now = arm64({ kernel: '7.3' });
    const tree = { ...now.params, features: { ...now.features, contpteGetEarlyExit: false } };
    const arch = new Arm64(tree, '7.3');
    for (const [pages, reads] of [
      [16, 17],
      [512, 544],
    ] as const) {
      const table = mapped(arch, { bits: RW_CONT, nr: pages, pfn: FOLIO_PFN });
      const mm = testMm();
      changeProtection(arch, mm, table, { index: 0, nr: pages, ...RO }, 'batched');
      expect(cost(mm)).toMatchObject({
        rawReads: reads,
        rawWrites: pages,
        xchg: pages,
        flushCalls: 1,
      });
    }
  });

  it.each<[KernelRelease, number]>([
    ['6.18', 1],
    ['6.19', 0],
  ])('%s: a second RW to RO costs the same but for %i flush', (kernel, flushes) => {
    const again = run({ kernel }, { ...BLOCK, bits: RO_CONT, to: RO });
    expect(again).toEqual([3, 16, 16, 0, 0, flushes, flushes, 2 * flushes, 16]);
  });

  it('merged young and dirty reach every entry of a batch', () => {
    const arch = arm64({ kernel: '7.3' });
    const table = mapped(arch, { bits: RW_CONT, nr: 16, pfn: FOLIO_PFN });
    change(table, span(0, 16), pteMkclean);
    change(table, [7], (bits) => arch.pteMkdirty(bits));
    changeProtection(arch, testMm(), table, { index: 0, nr: 16, ...RO }, 'batched');
    expect(where(table, (bits) => bits === RO_CONT)).toEqual(span(0, 16));
  });
});
