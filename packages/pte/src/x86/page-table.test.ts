import { describe, expect, it } from 'vitest';
import { rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { change, cost, entryAt, mapped, peek, span, testMm, where } from '../testing.fixture.ts';
import {
  ACCESSED,
  NONE,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
  SOFT_DIRTY,
} from './entries.fixture.ts';
import { x86_64 } from './x86.ts';

const arch = x86_64({ kernel: '7.3' });

describe('reading and storing', () => {
  it('both getters cost one read', () => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 1 });
    const mm = testMm();
    const out = makePte();
    arch.ptepGet(mm, table, 0, out);
    arch.ptepGetLockless(mm, table, 0, out);
    expect(cost(mm)).toEqual({ rawReads: 2 });
    expect(rawHex(out)).toBe('0x8000000012300067');
  });

  it.each([
    ['hardware-present', RO_CLEAN, '0x8000000012303025'],
    ['PROT_NONE', NONE, '0x000fffffedcfc120'],
  ])('setPtes stores consecutive frames: %s', (_, bits, fourth) => {
    const pages = mapped(arch, { bits, nr: 8 });
    const table = mapped(arch, { bits: 0, nr: 0 });
    const mm = testMm();
    arch.setPtes(mm, table, 0, peek(pages, 0), 8);
    expect(cost(mm)).toEqual({ rawWrites: 8 });
    expect(table.pfn).toEqual(pages.pfn);
    expect(entryAt(table, 3)).toBe(fourth);
  });

  it('setPte and pteClear are plain stores', () => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: 2 });
    const mm = testMm();
    arch.setPte(mm, table, 1, { pfn: 7, bits: RW_CLEAN });
    arch.pteClear(mm, table, 0);
    expect(cost(mm)).toEqual({ rawWrites: 2 });
    expect([entryAt(table, 0), entryAt(table, 1)]).toEqual([
      '0x0000000000000000',
      '0x8000000000007027',
    ]);
  });
});

describe('getAndClearFullPtes', () => {
  it.each<[string, readonly number[], readonly number[], string, string]>([
    ['nothing', [], [], '0x8000000012300007', '0x8000000012300007'],
    [
      'a later dirty entry marks soft-dirty too',
      [2],
      [],
      '0x8000000012300847',
      '0x8000000012300047',
    ],
    ['a dirty first entry alone does not', [0], [], '0x8000000012300047', '0x8000000012300047'],
    ['a later young entry', [], [3], '0x8000000012300027', '0x8000000012300027'],
    ['both', [0, 3], [1], '0x8000000012300867', '0x8000000012300067'],
  ])('merges %s', (_, dirty, young, tracked, untracked) => {
    for (const [softDirty, expected] of [
      [true, tracked],
      [false, untracked],
    ] as const) {
      const machine = x86_64({ kernel: '7.3', softDirty });
      const table = mapped(machine, { bits: RW_CLEAN & ~ACCESSED, nr: 4 });
      change(table, dirty, (bits) => bits | 0x40);
      change(table, young, (bits) => bits | ACCESSED);
      const mm = testMm();
      const out = makePte();
      machine.getAndClearFullPtes(mm, table, 0, 4, out);
      expect(cost(mm)).toEqual({ xchg: 4 });
      expect(rawHex(out)).toBe(expected);
      expect(where(table, (bits) => bits !== 0)).toEqual([]);
    }
  });

  it('entries beside the range stay', () => {
    const table = mapped(arch, { bits: RW_CLEAN, nr: 4 });
    arch.getAndClearFullPtes(testMm(), table, 1, 2, makePte());
    expect(where(table, (bits) => bits !== 0)).toEqual([0, 3]);
  });

  it('soft-dirty of the first entry is kept, that of others is not looked at', () => {
    const table = mapped(arch, { bits: RW_CLEAN, nr: 2 });
    change(table, [1], (bits) => bits | SOFT_DIRTY);
    const out = makePte();
    arch.getAndClearFullPtes(testMm(), table, 0, 2, out);
    expect(arch.pteSoftDirty(out.bits)).toBe(false);
  });
});

describe('changing state', () => {
  it('wrprotectPtes costs a read and a swap loop per entry', () => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 4 });
    const mm = testMm();
    arch.wrprotectPtes(mm, table, 1, 1);
    arch.wrprotectPtes(mm, table, 2, 1);
    expect(cost(mm)).toEqual({ rawReads: 2, cmpxchg: 2 });
    arch.wrprotectPtes(mm, table, 1, 2);
    expect(cost(mm)).toEqual({ rawReads: 2, cmpxchg: 2 });
    expect(where(table, (bits) => bits === RO_DIRTY)).toEqual([1, 2]);
  });

  it.each([
    ['unchanged', RO_CLEAN, 0, true, false, {}],
    ['changed and dirty: one store, no flush', RW_DIRTY, 0, true, true, { rawWrites: 1 }],
    ['changed, not dirty: nothing is stored', RO_CLEAN | SOFT_DIRTY, 0, false, true, {}],
    ['another frame', RO_CLEAN, 1, true, true, { rawWrites: 1 }],
  ])('ptepSetAccessFlags: %s', (_, bits, pfn, dirty, changed, price) => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: 1, pfn: 0 });
    const mm = testMm();
    expect(arch.ptepSetAccessFlags(mm, table, 0, { pfn, bits }, dirty)).toBe(changed);
    expect(cost(mm)).toEqual({ rawReads: 1, ...price });
    expect(peek(table, 0)).toEqual(changed && dirty ? { pfn, bits } : { pfn: 0, bits: RO_CLEAN });
  });

  it('clearing young resets the bit only where it is set, and never flushes', () => {
    const table = mapped(arch, { bits: RO_CLEAN & ~ACCESSED, nr: 4 });
    change(table, [1, 2], (bits) => bits | ACCESSED);
    const mm = testMm();
    expect(arch.testAndClearYoungPtes(mm, table, 0, 2)).toBe(true);
    expect(arch.testAndClearYoungPtes(mm, table, 0, 2)).toBe(false);
    expect(cost(mm)).toEqual({ rawReads: 4, cmpxchg: 1 });
    expect(arch.clearFlushYoungPtes(mm, table, 2, 1)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads: 1, cmpxchg: 1 });
    expect(where(table, (bits) => arch.pteYoung(bits))).toEqual([]);
  });

  it.each([
    [{ young: true, dirty: true }, { xchg: 2, rawWrites: 2 }, RW_CLEAN & ~ACCESSED],
    [{ young: false, dirty: true }, { xchg: 2, rawWrites: 2 }, RW_CLEAN],
    [{ young: true, dirty: false }, { rawReads: 2, cmpxchg: 2 }, RW_DIRTY & ~ACCESSED],
    [{ young: false, dirty: false }, {}, RW_DIRTY],
  ])('clearYoungDirtyPtes with %j', (clear, price, bits) => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 2 });
    const mm = testMm();
    arch.clearYoungDirtyPtes(mm, table, 0, 2, clear);
    expect(cost(mm)).toEqual(price);
    expect(where(table, (found) => found === bits)).toEqual([0, 1]);
  });

  it.each([
    ['a present entry', RO_CLEAN, 0, 1],
    ['PROT_NONE', NONE, 0, 0],
    ['PROT_NONE while a flush is pending', NONE, 1, 1],
    ['an empty entry', 0, 1, 0],
  ])('ptepClearFlush of %s', (_, bits, tlbFlushPending, flushCalls) => {
    const table = mapped(arch, { bits, nr: bits && 1, index: 7 });
    const mm = testMm({ tlbFlushPending });
    arch.ptepClearFlush(mm, table, 7, makePte());
    expect(mm.events).toMatchObject({ xchg: 1, flushCalls, invlpg: flushCalls });
    const start = table.base + 7;
    const flushed = [{ fn: 'flush_tlb_range', start, end: start + 1, stride: 1 }];
    expect(mm.traced).toEqual(flushCalls ? flushed : []);
  });
});

describe('modify_prot', () => {
  it.each([
    [1, 3],
    [16, 40],
    [512, 0],
  ])('start and commit of %i entries from %i cost a swap and a store each', (nr, index) => {
    const table = mapped(arch, { bits: RW_DIRTY, nr, index });
    const mm = testMm();
    const old = makePte();
    arch.modifyProtStart(mm, table, index, nr, old);
    expect(where(table, (bits) => bits !== 0)).toEqual([]);
    const wanted = makePte();
    arch.pteModify(old, NONE, wanted);
    arch.modifyProtCommit(mm, table, index, old, wanted, nr);
    expect(cost(mm)).toEqual({
      xchg: nr,
      rawWrites: nr,
      batches: 1,
      ...(nr === 1 ? { singleBatches: 1 } : {}),
      commits: 1,
    });
    expect(span(index, index + nr).map((i) => arch.ptePfn(peek(table, i)))).toEqual(
      span(0x12300, 0x12300 + nr),
    );
    expect(mm.traced).toEqual([
      { fn: 'modify_prot_start', vpn: table.base + index, nr },
      { fn: 'modify_prot_commit', vpn: table.base + index, nr, old, new: wanted },
    ]);
  });
});
