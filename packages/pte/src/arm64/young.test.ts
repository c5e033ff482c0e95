import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { change, cost, mapped, span, testMm, where } from '../testing.fixture.ts';
import { arm64 } from './arm64.ts';
import { AF, CONT, RO_CLEAN, RW_CLEAN, RW_DIRTY } from './entries.fixture.ts';
import { pteMkold, pteYoung } from './entry.ts';

const N = 16;

describe('testAndClearYoungPtes', () => {
  it.each<[KernelRelease, number, number]>([
    ['6.12', 1 + N, 0],
    ['6.19', 1 + N, 0],
    ['7.1', 1 + 2 + N, 2],
    ['7.3', 1 + 2 + N, 2],
  ])('%s: one page of a block clears the block in %i reads', (kernel, rawReads, boundary) => {
    const arch = arm64({ kernel });
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: 32 });
    const mm = testMm();
    expect(arch.testAndClearYoungPtes(mm, table, 5, 1)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads, cmpxchg: N });
    expect(where(table, pteYoung)).toEqual(span(16, 32));
    expect(arch.clearFlushYoungPtes(mm, table, 5, 1)).toBe(false);
    expect(cost(mm)).toEqual({ rawReads, cmpxchg: N });
    change(table, [0], (bits) => bits | AF);
    expect(arch.clearFlushYoungPtes(mm, table, 5, 1)).toBe(true);
    // no trailing DSB: nobody waits for the invalidation
    expect(cost(mm)).toEqual({
      rawReads: rawReads + boundary,
      cmpxchg: N,
      flushCalls: 1,
      tlbiOps: 1,
      dsb: 1,
    });
  });

  it.each<[KernelRelease]>([['6.12'], ['7.3']])(
    '%s: a plain page is read twice and swapped even if old',
    (kernel) => {
      const arch = arm64({ kernel });
      const table = mapped(arch, { bits: RO_CLEAN, nr: 2 });
      const mm = testMm();
      expect(arch.testAndClearYoungPtes(mm, table, 0, 1)).toBe(true);
      expect(arch.testAndClearYoungPtes(mm, table, 0, 1)).toBe(false);
      expect(cost(mm)).toEqual({ rawReads: 4, cmpxchg: 2 });
      expect(arch.clearFlushYoungPtes(mm, table, 1, 1)).toBe(true);
      expect(cost(mm)).toEqual({ rawReads: 2, cmpxchg: 1, flushCalls: 1, tlbiOps: 1, dsb: 1 });
    },
  );

  //   slot   0       16      32      48
  //   block  |--CONT-|--CONT-|-plain-|
  it.each([
    [8, 16, 0, 32],
    [16, 16, 16, 32],
    [20, 20, 16, 40],
    [20, 11, 16, 32],
    [17, 15, 16, 32],
    [31, 2, 16, 33],
    [36, 4, 36, 40],
    [12, 28, 0, 40],
  ])('7.3: from %i, %i pages widen to %i..%i at contiguous ends', (index, nr, from, to) => {
    const arch = arm64({ kernel: '7.3' });
    const table = mapped(arch, { bits: RO_CLEAN | CONT, nr: 48 });
    change(table, span(32, 48), (bits) => bits & ~CONT);
    const mm = testMm();
    expect(arch.testAndClearYoungPtes(mm, table, index, nr)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads: 2 + to - from, cmpxchg: to - from });
    expect(where(table, pteYoung)).toEqual(span(0, 48).filter((i) => i < from || i >= to));
  });

  it('7.3: the flush covers the widened range', () => {
    const arch = arm64({ kernel: '7.3', tlbiRange: false, kpti: true, repeatTlbi: true });
    const mm = testMm();
    arch.clearFlushYoungPtes(mm, mapped(arch, { bits: RO_CLEAN | CONT, nr: 32 }), 8, 16);
    expect(cost(mm)).toEqual({
      rawReads: 2 + 32 + 2,
      cmpxchg: 32,
      flushCalls: 1,
      tlbiOps: 64,
      dsb: 1,
    });
  });

  it('7.3: a table without range operations is flushed by ASID, which waits', () => {
    const arch = arm64({ kernel: '7.3', tlbiRange: false });
    const mm = testMm();
    arch.clearFlushYoungPtes(mm, mapped(arch, { bits: RO_CLEAN, nr: 512 }), 0, 512);
    expect(mm.events).toMatchObject({ flushCalls: 1, fullFlushes: 1, tlbiOps: 1, dsb: 2 });
  });

  it('before 7.1 the helpers take one page: a range is one call for each', () => {
    const arch = arm64({ kernel: '6.18' });
    const table = mapped(arch, { bits: RO_CLEAN, nr: 8 });
    const mm = testMm();
    expect(arch.testAndClearYoungPtes(mm, table, 2, 3)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads: 6, cmpxchg: 3 });
    expect(where(table, pteYoung)).toEqual([0, 1, 5, 6, 7]);
    change(table, [3], (bits) => bits | AF);
    expect(arch.clearFlushYoungPtes(mm, table, 2, 3)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads: 6, cmpxchg: 3, flushCalls: 1, tlbiOps: 1, dsb: 1 });
    expect(arch.testAndClearYoungPtes(mm, table, 2, 3)).toBe(false);
    expect(arch.clearFlushYoungPtes(mm, table, 2, 3)).toBe(false);
  });
});

describe('clearYoungDirtyPtes', () => {
  const arch = arm64({ kernel: '7.3' });

  it.each([
    [{ young: true, dirty: true }, { rawWrites: 1 }, RW_CLEAN & ~AF],
    [{ young: true, dirty: false }, { cmpxchg: 1 }, pteMkold(RW_DIRTY)],
    [{ young: false, dirty: true }, { cmpxchg: 1 }, RW_CLEAN],
  ])('%j of a plain page: two reads and %j', (clear, price, bits) => {
    const table = mapped(arch, { bits: RW_DIRTY, nr: 2 });
    const mm = testMm();
    arch.clearYoungDirtyPtes(mm, table, 1, 1, clear);
    expect(cost(mm)).toEqual({ rawReads: 2, ...price });
    expect(where(table, (found) => found === bits)).toEqual([1]);
    expect(where(table, (found) => found === RW_DIRTY)).toEqual([0]);
  });

  it.each([
    [3, 1, 1 + 2 + 16, span(0, 16)],
    [3, 2, 2 + 16, span(0, 16)],
    [8, 16, 2 + 32, span(0, 32)],
    [0, 32, 2 + 32, span(0, 32)],
  ])(
    'from %i, %i contiguous pages: %i reads, whole blocks, no flush',
    (index, nr, rawReads, cleared) => {
      const table = mapped(arch, { bits: RW_DIRTY | CONT, nr: 48 });
      const mm = testMm();
      arch.clearYoungDirtyPtes(mm, table, index, nr, { young: true, dirty: true });
      expect(cost(mm)).toEqual({ rawReads, rawWrites: cleared.length });
      expect(where(table, (bits) => bits === ((RW_CLEAN & ~AF) | CONT))).toEqual(cleared);
    },
  );
});
