import { describe, expect, it } from 'vitest';
import { makePte, type Pte, type PteTable } from '../table.ts';
import {
  change,
  cost,
  entryAt,
  map,
  mapped,
  peek,
  PFN,
  span,
  testMm,
  type TestMm,
  where,
} from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import {
  AF,
  CONT,
  NONE_DIRTY,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
  SPECIAL,
} from './entries.fixture.ts';

const arch = arm64({ kernel: '7.3' });
const N = 16;
const CONVERT = { xchg: N, rawWrites: N, flushCalls: 1, tlbiOps: 1, dsb: 2 };

const contiguous = (table: PteTable): number[] => where(table, (bits) => arch.pteValidCont(bits));
const firstOf = (table: PteTable, index: number): Pte => peek(table, index);

describe('convert', () => {
  it('unfolding costs one swap and one store per entry and one flush of the block', () => {
    const table = mapped(arch, { bits: RW_DIRTY | CONT, nr: 32 });
    const mm = testMm();
    arch.pteClear(mm, table, 21);
    expect(cost(mm)).toEqual({ ...CONVERT, rawReads: 1, rawWrites: N + 1, unfolds: 1 });
    expect(contiguous(table)).toEqual(span(0, 16));
    expect(entryAt(table, 16)).toBe('0x00e8000012310f43');
    expect(entryAt(table, 21)).toBe('0x0000000000000000');
    expect(entryAt(table, 31)).toBe('0x00e800001231ff43');
  });

  it('young and dirty of one entry end up on every entry', () => {
    const table = mapped(arch, { bits: (RW_CLEAN & ~AF) | CONT, nr: N });
    change(table, [3], (bits) => arch.pteMkdirty(bits));
    change(table, [9], (bits) => arch.pteMkyoung(bits));
    arch.pteClear(testMm(), table, 0);
    expect(where(table, (bits) => bits === RW_DIRTY)).toEqual(span(1, N));
  });

  it.each([
    ['6.16', true, 1],
    ['6.17', false, 1],
    ['6.17', true, 0],
    ['7.3', true, 0],
  ] as const)('%s with BBML2 %s flushes %i times', (kernel, bbml2, flushCalls) => {
    const machine = arm64({ kernel, bbml2 });
    const mm = testMm();
    machine.pteClear(mm, mapped(machine, { bits: RO_CLEAN | CONT, nr: N }), 0);
    expect(mm.events).toMatchObject({
      unfolds: 1,
      flushCalls,
      tlbiOps: flushCalls,
      dsb: 2 * flushCalls,
    });
  });

  it('the flush spans the block and its calls are traced in order', () => {
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: N, index: N });
    const mm = testMm();
    arch.pteClear(mm, table, N + 5);
    const start = table.base + N;
    expect(mm.traced.map((event) => event.fn)).toEqual([
      'contpte_try_unfold',
      'contpte_convert',
      'flush_tlb_range',
    ]);
    expect(mm.traced[0]).toMatchObject({ vpn: start + 5, edge: false });
    expect(mm.traced[1]).toMatchObject({ vpn: start + 5 });
    expect(mm.traced[2]).toEqual({ fn: 'flush_tlb_range', start, end: start + N, stride: 1 });
  });

  it.each<[string, (mm: TestMm, table: PteTable) => void, boolean]>([
    [
      'setPtes',
      (mm, table) => {
        arch.setPtes(mm, table, 20, peek(table, 20), 1);
      },
      false,
    ],
    [
      'pteClear',
      (mm, table) => {
        arch.pteClear(mm, table, 20);
      },
      false,
    ],
    [
      'wrprotectPtes',
      (mm, table) => {
        arch.wrprotectPtes(mm, table, 20, 1);
      },
      false,
    ],
    [
      'clearing one',
      (mm, table) => {
        arch.getAndClearFullPtes(mm, table, 20, 1, makePte());
      },
      false,
    ],
    [
      'clearing from the edge',
      (mm, table) => {
        arch.getAndClearFullPtes(mm, table, 20, 12, makePte());
      },
      true,
    ],
    [
      'clearing to the edge',
      (mm, table) => {
        arch.getAndClearFullPtes(mm, table, 16, 5, makePte());
      },
      true,
    ],
  ])('%s traces one unfold, of the block it lies in alone', (_, act, edge) => {
    const table = mapped(arch, { bits: (RW_CLEAN & ~AF) | CONT, nr: 48 });
    change(table, [15, 32], () => RW_DIRTY | CONT);
    const mm = testMm();
    act(mm, table);
    const unfolds = mm.traced.filter((event) => event.fn === 'contpte_try_unfold');
    expect(unfolds.map((event) => event.edge)).toEqual([edge]);
    // neither neighbour lends its young and dirty state
    expect(where(table, (bits) => arch.pteDirty(bits) || arch.pteYoung(bits))).toEqual([15, 32]);
  });

  it("the kernel's own entries are left contiguous", () => {
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: N });
    const mm = testMm({ isUser: false });
    arch.pteClear(mm, table, 0);
    expect(cost(mm)).toEqual({ rawReads: 1, rawWrites: 1 });
    expect(contiguous(table)).toEqual(span(1, N));
  });
});

describe('tryFold', () => {
  /** Maps pages 0..14 of a block, then stores page 15 through the setter. */
  function storeLast(options: {
    readonly bits?: number;
    readonly pfn?: number;
    readonly index?: number;
    readonly order?: number;
    readonly isUser?: boolean;
    readonly before?: (table: PteTable) => void;
  }): { cost: ReturnType<typeof cost>; table: PteTable } {
    const { bits = RO_CLEAN, pfn = PFN, index = 0 } = options;
    const table = mapped(arch, { bits, nr: N, pfn, index });
    options.before?.(table);
    const last = firstOf(table, index + N - 1);
    table.poke(index + N - 1, makePte());
    const mm = testMm({ order: options.order ?? 4, isUser: options.isUser ?? true });
    const vpn = table.base + index + N - 1;
    arch.setPtes(mm, table, index + N - 1, last, 1);
    const attempts = mm.traced.filter((event) => event.fn === 'contpte_try_fold');
    const attempt = { fn: 'contpte_try_fold', vpn, pte: last };
    expect(attempts).toEqual(mm.events.foldAttempts === 1 ? [attempt] : []);
    return { cost: cost(mm), table };
  }

  it('folds when the last entry of a matching block is stored', () => {
    const result = storeLast({});
    expect(result.cost).toEqual({
      ...CONVERT,
      rawReads: 1 + N,
      rawWrites: 1 + N,
      foldAttempts: 1,
      folds: 1,
    });
    expect(contiguous(result.table)).toEqual(span(0, N));
    expect(entryAt(result.table, 15)).toBe('0x007000001230ffc3');
  });

  it('young and dirty may differ; the fold spreads them', () => {
    const { table } = storeLast({
      bits: RW_CLEAN & ~AF,
      before: (t) => {
        change(t, [2], (bits) => arch.pteMkyoung(arch.pteMkdirty(bits)));
      },
    });
    expect(where(table, (bits) => bits === (RW_DIRTY | CONT))).toEqual(span(0, N));
  });

  it.each<[string, Parameters<typeof storeLast>[0]]>([
    ['1: the entry is not the last of a block', { index: 1 }],
    ['2: its frame is not the last of a block', { pfn: PFN + 1 }],
    ['3: it is not valid', { bits: NONE_DIRTY }],
    ['3: it is special', { bits: RO_CLEAN | SPECIAL }],
  ])('condition %s', (_, options) => {
    expect(storeLast(options).cost).toEqual({ rawReads: 1, rawWrites: 1 });
  });

  it.each<[string, Parameters<typeof storeLast>[0]]>([
    ['4: the address space is the kernel', { isUser: false }],
    ['5: the folio is smaller than the block', { order: 3 }],
  ])('condition %s: an attempt without reads', (_, options) => {
    expect(storeLast(options).cost).toEqual({ rawReads: 1, rawWrites: 1, foldAttempts: 1 });
  });

  it('condition 5: the folio may lie in the table before its first page', () => {
    // frames 0x12310.. of a folio that starts at 0x12300, mapped at the start of the table
    expect(storeLast({ pfn: PFN + N, order: 5 }).cost.folds).toBe(1);
  });

  it.each(span(0, 15))(
    'condition 6: a mismatch on entry %i costs as many reads as entries looked at',
    (k) => {
      const { cost: spent } = storeLast({
        before: (t) => {
          change(t, [k], () => RW_CLEAN);
        },
      });
      expect(spent).toEqual({ rawReads: 1 + k + 1, rawWrites: 1, foldAttempts: 1 });
    },
  );

  it.each<[string, (table: PteTable) => void]>([
    [
      'another frame',
      (t) => {
        map(arch, t, { bits: RO_CLEAN, nr: 1, index: 0, pfn: 0x500 });
      },
    ],
    [
      'an empty entry',
      (t) => {
        t.poke(0, makePte());
      },
    ],
    [
      'a special entry',
      (t) => {
        change(t, [0], (bits) => bits | SPECIAL);
      },
    ],
    [
      'an invalid entry',
      (t) => {
        change(t, [0], () => NONE_DIRTY);
      },
    ],
  ])('condition 6: %s does not fold', (_, before) => {
    expect(storeLast({ before }).cost.folds).toBeUndefined();
  });

  it('entries stored high to low do not fold', () => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: 0 });
    const pages = mapped(arch, { bits: RO_CLEAN, nr: N });
    const mm = testMm();
    for (const i of span(0, N).reverse()) arch.setPtes(mm, table, i, firstOf(pages, i), 1);
    expect(cost(mm)).toEqual({ rawReads: N + 1, rawWrites: N, foldAttempts: 1 });
  });

  it('6.12 folds the same way', () => {
    const machine = arm64({ kernel: '6.12' });
    const table = mapped(machine, { bits: RO_DIRTY, nr: N });
    machine.setPtes(testMm(), table, 15, firstOf(table, 15), 1);
    expect(entryAt(table, 0)).toBe('0x00f0000012300fc3');
  });
});

describe('unfoldPartial', () => {
  it.each([
    [0, 16, 0, []],
    [0, 32, 0, []],
    [0, 8, 2, [0]],
    [8, 8, 1, [0]],
    [5, 2, 2, [0]],
    [0, 24, 1, [1]],
    [8, 24, 1, [0]],
    [8, 32, 2, [0, 2]],
    [15, 34, 2, [0, 3]],
  ])('range from %i of %i pages: %i reads, blocks %j dissolve', (index, nr, rawReads, blocks) => {
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: 64 });
    const mm = testMm();
    arch.getAndClearFullPtes(mm, table, index, nr, makePte());
    expect(mm.events).toMatchObject({
      rawReads,
      unfolds: blocks.length,
      xchg: nr + N * blocks.length,
    });
    const left = span(0, 64).filter((i) => i < index || i >= index + nr);
    expect(contiguous(table)).toEqual(left.filter((i) => !blocks.includes(Math.floor(i / N))));
  });
});
