import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { rawHex } from '../raw.ts';
import { makePte, type PteTable } from '../table.ts';
import {
  change,
  cost,
  entryAt,
  mapped,
  peek,
  PFN,
  span,
  testMm,
  where,
} from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import {
  AF,
  CONT,
  EXEC_RO,
  NONE_DIRTY,
  RO_CLEAN,
  RO_DIRTY,
  RW_CLEAN,
  RW_DIRTY,
} from './entries.fixture.ts';
import { pteMkdirty, pteMkyoung } from './entry.ts';

const arch = arm64({ kernel: '7.3' });
const N = 16;
const UNFOLD = { xchg: N, rawWrites: N, unfolds: 1, flushCalls: 1, tlbiOps: 1, dsb: 2 };

const withCont = (table: PteTable): number[] => where(table, (bits) => (bits & CONT) !== 0);

describe('setPtes', () => {
  it('one entry: a read and a store, CONT stripped', () => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: 0 });
    const mm = testMm();
    arch.setPtes(mm, table, 3, { pfn: PFN, bits: RO_CLEAN | CONT }, 1);
    expect(cost(mm)).toEqual({ rawReads: 1, rawWrites: 1 });
    expect(entryAt(table, 3)).toBe('0x0060000012300fc3');
  });

  it('one entry over a contiguous one dissolves its block', () => {
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: N });
    const mm = testMm();
    arch.setPtes(mm, table, 3, { pfn: PFN, bits: RO_DIRTY }, 1);
    expect(cost(mm)).toEqual({ ...UNFOLD, rawReads: 1, rawWrites: N + 1 });
    expect(withCont(table)).toEqual([]);
  });

  //            slot   0       16      32      48      64
  //            block  |---A---|---B---|---C---|---D---|
  it.each([
    [0, 16, 0, span(0, 16)],
    [0, 64, 0, span(0, 64)],
    [8, 40, 8, span(16, 48)],
    [8, 24, 8, span(16, 32)],
    [0, 24, 0, span(0, 16)],
    [0, 15, 0, []],
    [0, 16, 1, []],
    [8, 40, 0, []],
  ])(
    'from slot %i, %i pages, frame offset %i: whole aligned pieces get CONT',
    (index, nr, offset, painted) => {
      for (const kernel of ['6.12', '6.17', '7.3'] as const) {
        const machine = arm64({ kernel });
        const table = mapped(machine, { bits: 0, nr: 0 });
        const mm = testMm();
        machine.setPtes(mm, table, index, { pfn: PFN + offset, bits: RO_CLEAN | CONT }, nr);
        expect(cost(mm)).toEqual({ rawWrites: nr });
        expect(withCont(table)).toEqual(painted);
        expect(where(table, (bits) => bits !== 0)).toEqual(span(index, index + nr));
        expect(machine.ptePfn(peek(table, index + nr - 1))).toBe(PFN + offset + nr - 1);
      }
    },
  );

  it.each<[KernelRelease, string]>([
    ['6.17', '0x00f0000012300f82'],
    ['7.2', '0x00f0000012300f82'],
    ['7.3', '0x00e0000012300f82'],
  ])('PROT_NONE entries of a whole block in %s: %s', (kernel, first) => {
    const machine = arm64({ kernel });
    const table = mapped(machine, { bits: 0, nr: 0 });
    machine.setPtes(testMm(), table, 0, { pfn: PFN, bits: NONE_DIRTY }, N);
    expect(entryAt(table, 0)).toBe(first);
  });

  it("the kernel's own entries are stored without CONT", () => {
    const table = mapped(arch, { bits: 0, nr: 0 });
    arch.setPtes(testMm({ isUser: false }), table, 0, { pfn: PFN, bits: RO_CLEAN }, N);
    expect(withCont(table)).toEqual([]);
  });

  it('setPte never looks at neighbours', () => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: N });
    const mm = testMm();
    arch.setPte(mm, table, 15, { ...peek(table, 15), bits: RO_CLEAN | CONT });
    expect(cost(mm)).toEqual({ rawReads: 1, rawWrites: 1 });
    expect(withCont(table)).toEqual([]);
  });
});

describe('clearing', () => {
  it('pteClear of a plain entry costs a read and a store', () => {
    const mm = testMm();
    arch.pteClear(mm, mapped(arch, { bits: RO_CLEAN, nr: 1 }), 0);
    expect(cost(mm)).toEqual({ rawReads: 1, rawWrites: 1 });
  });

  it('one plain entry costs a read and a swap', () => {
    const table = mapped(arch, { bits: RO_CLEAN, nr: 1 });
    const mm = testMm();
    const out = makePte();
    arch.getAndClearFullPtes(mm, table, 0, 1, out);
    expect(cost(mm)).toEqual({ rawReads: 1, xchg: 1 });
    expect([rawHex(out), entryAt(table, 0)]).toEqual(['0x0060000012300fc3', '0x0000000000000000']);
  });

  it('one contiguous entry dissolves its block first and comes back without CONT', () => {
    const out = makePte();
    const mm = testMm();
    arch.getAndClearFullPtes(mm, mapped(arch, { bits: RO_CLEAN | CONT, nr: N }), 2, 1, out);
    expect(cost(mm)).toEqual({ ...UNFOLD, rawReads: 1, xchg: N + 1 });
    expect(rawHex(out)).toBe('0x0060000012302fc3');
  });

  it('a whole block needs no read, keeps CONT and gathers young and dirty', () => {
    const table = mapped(arch, { bits: (RW_CLEAN & ~AF) | CONT, nr: N });
    change(table, [4], pteMkyoung);
    change(table, [11], pteMkdirty);
    const out = makePte();
    const mm = testMm();
    arch.getAndClearFullPtes(mm, table, 0, N, out);
    expect(cost(mm)).toEqual({ xchg: N });
    expect(rawHex(out)).toBe('0x00f8000012300f43');
    expect(where(table, (bits) => bits !== 0)).toEqual([]);
  });

  it.each([
    ['a valid entry', RO_CLEAN, true],
    ['PROT_NONE', NONE_DIRTY, false],
  ])('clearForUnmap of %s flushes: %s', (_, bits, flushes) => {
    const table = mapped(arch, { bits: 0, nr: 0 });
    table.poke(7, { pfn: PFN, bits });
    expect(arch.clearForUnmap(testMm(), table, 7, makePte())).toBe(flushes);
  });

  it.each([
    ['a valid entry', RO_CLEAN, 0, 1],
    ['PROT_NONE', NONE_DIRTY, 0, 0],
    ['PROT_NONE while a flush is pending', NONE_DIRTY, 1, 1],
    ['an empty entry', 0, 1, 0],
  ])('ptepClearFlush of %s', (_, bits, tlbFlushPending, flushCalls) => {
    const table = mapped(arch, { bits: 0, nr: 0 });
    table.poke(7, { pfn: bits && PFN, bits });
    const mm = testMm({ tlbFlushPending });
    arch.ptepClearFlush(mm, table, 7, makePte());
    expect(mm.events).toMatchObject({
      rawReads: 1,
      xchg: 1,
      flushCalls,
      tlbiOps: flushCalls,
      dsb: 2 * flushCalls,
    });
    const start = table.base + 7;
    const flushed = [{ fn: 'flush_tlb_range', start, end: start + 1, stride: 1 }];
    expect(mm.traced).toEqual(flushCalls ? flushed : []);
  });
});

describe('wrprotectPtes', () => {
  it('one plain entry costs a read and a swap loop', () => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 1 });
    const mm = testMm();
    arch.wrprotectPtes(mm, table, 0, 1);
    expect(cost(mm)).toEqual({ rawReads: 1, cmpxchg: 1 });
    expect(entryAt(table, 0)).toBe('0x00e0000012300fc3');
  });

  it('one contiguous entry dissolves its block', () => {
    const table = mapped(arch, { bits: RW_DIRTY | CONT, nr: N });
    const mm = testMm();
    arch.wrprotectPtes(mm, table, 5, 1);
    expect(cost(mm)).toEqual({ ...UNFOLD, rawReads: 1, cmpxchg: 1 });
    expect(where(table, (bits) => bits === RO_DIRTY)).toEqual([5]);
    expect(where(table, (bits) => bits === RW_DIRTY)).toEqual(span(0, N).filter((i) => i !== 5));
  });

  it('whole blocks stay contiguous, edges dissolve', () => {
    const table = mapped(arch, { bits: RW_DIRTY | CONT, nr: 32 });
    const mm = testMm();
    arch.wrprotectPtes(mm, table, 8, 24);
    expect(cost(mm)).toEqual({ ...UNFOLD, rawReads: 1 + 24, cmpxchg: 24 });
    expect(withCont(table)).toEqual(span(16, 32));
    expect(where(table, (bits) => bits !== 0 && !arch.pteWrite(bits))).toEqual(span(8, 32));
    expect(where(table, (bits) => arch.pteDirty(bits))).toEqual(span(0, 32));
  });
});

describe('modify_prot', () => {
  it('start and commit of one entry cost two reads, a swap and a store', () => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 1 });
    const mm = testMm();
    const old = makePte();
    arch.modifyProtStart(mm, table, 0, 1, old);
    expect(entryAt(table, 0)).toBe('0x0000000000000000');
    arch.modifyProtCommit(mm, table, 0, old, { ...old, bits: RO_DIRTY }, 1);
    expect(cost(mm)).toEqual({
      rawReads: 2,
      xchg: 1,
      rawWrites: 1,
      batches: 1,
      singleBatches: 1,
      commits: 1,
    });
    expect(entryAt(table, 0)).toBe('0x00e0000012300fc3');
  });

  it('start and commit of a block cost a swap and a store per entry', () => {
    const table = mapped(arch, { bits: RW_DIRTY | CONT, nr: N, index: 32 });
    const mm = testMm();
    const old = makePte();
    arch.modifyProtStart(mm, table, 32, N, old);
    const wanted = { ...old, bits: RO_DIRTY | CONT };
    arch.modifyProtCommit(mm, table, 32, old, wanted, N);
    expect(cost(mm)).toEqual({ xchg: N, rawWrites: N, batches: 1, commits: 1 });
    expect(withCont(table)).toEqual(span(32, 32 + N));
    const vpn = table.base + 32;
    expect(mm.traced).toEqual([
      { fn: 'modify_prot_start', vpn, nr: N },
      { fn: 'contpte_get_and_clear_full_ptes', vpn, nr: N },
      { fn: 'modify_prot_commit', vpn, nr: N, old, new: wanted },
      { fn: 'contpte_set_ptes', vpn, nr: N, pte: { pfn: PFN, bits: RO_DIRTY } },
    ]);
  });

  it.each<[string, KernelRelease, number, number, number, number]>([
    ['an executable entry is flushed', '7.3', EXEC_RO, 0, 1, 1],
    ['an entry without execution is not', '7.3', RW_DIRTY, 0, 1, 0],
    ['PROT_NONE is not', '7.3', NONE_DIRTY, 1, 1, 0],
    ['an invalid executable entry is while flushes are pending', '7.3', EXEC_RO & ~1, 1, 1, 1],
    ['an invalid executable entry is not otherwise', '7.3', EXEC_RO & ~1, 0, 1, 0],
    ['6.16 looks at the entry first', '6.16', EXEC_RO, 0, 2, 1],
    ['6.16 looks at every entry', '6.16', RW_DIRTY, 0, 2, 0],
  ])('erratum 2645198: %s', (_, kernel, bits, tlbFlushPending, rawReads, flushCalls) => {
    const machine = arm64({ kernel, erratum2645198: true });
    const mm = testMm({ tlbFlushPending });
    machine.modifyProtStart(mm, mapped(machine, { bits, nr: 1 }), 0, 1, makePte());
    expect(mm.events).toMatchObject({ rawReads, xchg: 1, flushCalls });
  });

  it('erratum 2645198: the flush spans the batch', () => {
    const machine = arm64({ kernel: '7.3', erratum2645198: true });
    const table = mapped(machine, { bits: EXEC_RO | CONT, nr: 32 });
    const mm = testMm();
    machine.modifyProtStart(mm, table, 0, 32, makePte());
    expect(cost(mm)).toEqual({ xchg: 32, batches: 1, flushCalls: 1, tlbiOps: 1, dsb: 2 });
    expect(mm.traced.at(-1)).toEqual({
      fn: 'flush_tlb_range',
      start: table.base,
      end: table.base + 32,
      stride: 1,
    });
  });
});
