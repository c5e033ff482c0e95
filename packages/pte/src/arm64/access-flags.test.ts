import { describe, expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { change, cost, mapped, peek, span, testMm, where } from '../testing.fixture.ts';
import { arm64, type Arm64Options } from './arm64.ts';
import { AF, CONT, RDONLY, RO_CLEAN, RO_DIRTY, RW_CLEAN, RW_DIRTY } from './entries.fixture.ts';

const N = 16;
const SLOT = 4;
const FLUSH = { flushCalls: 1, tlbiOps: 1, dsb: 2 };

/** Raises the flags of entry 4 of a mapping to those of `wanted`. */
function raise(
  options: Arm64Options,
  mapping: { bits: number; nr: number; odd?: readonly [number, number] },
  wanted: number,
  dirty: boolean,
): { changed: boolean; spent: ReturnType<typeof cost>; found: (bits: number) => number[] } {
  const arch = arm64(options);
  const table = mapped(arch, mapping);
  if (mapping.odd) {
    const [index, bits] = mapping.odd;
    change(table, [index], () => bits);
  }
  const mm = testMm();
  const entry = { pfn: peek(table, SLOT).pfn, bits: wanted };
  const changed = arch.ptepSetAccessFlags(mm, table, SLOT, entry, dirty);
  return { changed, spent: cost(mm), found: (bits) => where(table, (b) => b === bits) };
}

describe('a plain entry', () => {
  it('that is already the same is read twice and left', () => {
    const { changed, spent } = raise({ kernel: '7.3' }, { bits: RO_CLEAN, nr: N }, RO_CLEAN, true);
    expect([changed, spent]).toEqual([false, { rawReads: 2 }]);
  });

  it('takes accessed, write and dirty over, and RDONLY goes', () => {
    const { changed, spent, found } = raise(
      { kernel: '7.3' },
      { bits: RO_CLEAN & ~AF, nr: N },
      RW_DIRTY,
      true,
    );
    expect([changed, spent]).toEqual([true, { rawReads: 2, cmpxchg: 1, ...FLUSH }]);
    expect(found(RW_DIRTY)).toEqual([4]);
  });

  it('never loses a flag', () => {
    const { found } = raise({ kernel: '7.3' }, { bits: RW_DIRTY, nr: N }, RO_CLEAN & ~AF, false);
    expect(found(RW_DIRTY)).toEqual(span(0, N));
  });

  it('is not flushed for accessed alone', () => {
    const { spent } = raise({ kernel: '7.3' }, { bits: RO_CLEAN & ~AF, nr: N }, RO_CLEAN, false);
    expect(spent).toEqual({ rawReads: 2, cmpxchg: 1 });
  });
});

describe('a contiguous block', () => {
  const block = (bits: number): { bits: number; nr: number } => ({ bits: bits | CONT, nr: N });

  it.each<[KernelRelease, number, Record<string, number>]>([
    ['6.12', 1 + N, {}],
    ['6.16', 1 + 1 + N, { contpteGets: 1 }],
    ['6.17', 1 + 3, { contpteGets: 1 }],
    ['7.1', 1 + N, {}],
  ])('%s: nothing to do costs %i reads', (kernel, rawReads, more) => {
    const { changed, spent } = raise({ kernel }, block(RW_DIRTY), RW_DIRTY | CONT, true);
    expect([changed, spent]).toEqual([false, { rawReads, ...more }]);
  });

  it.each<[KernelRelease, number, Record<string, number>]>([
    ['6.12', 1 + 1 + 1 + N, {}],
    ['6.16', 1 + 1 + N + N, { contpteGets: 1 }],
    ['6.17', 1 + 1 + N + N, { contpteGets: 1 }],
    ['7.3', 1 + 1 + 1 + N, {}],
  ])('%s: write bit unchanged: raised on every entry in %i reads', (kernel, rawReads, more) => {
    const { changed, spent, found } = raise({ kernel }, block(RO_CLEAN & ~AF), RO_CLEAN, false);
    expect([changed, spent]).toEqual([true, { rawReads, cmpxchg: N, ...more }]);
    expect(found(RO_CLEAN | CONT)).toEqual(span(0, N));
  });

  it('write bit unchanged and dirty: one flush of the block', () => {
    const { spent, found } = raise({ kernel: '7.3' }, block(RW_CLEAN), RW_DIRTY, true);
    expect(spent).toEqual({ rawReads: 1 + 1 + 1 + N, cmpxchg: N, ...FLUSH });
    expect(found(RW_DIRTY | CONT)).toEqual(span(0, N));
  });

  it.each<[KernelRelease, number, Record<string, number>]>([
    ['6.12', 1 + 1 + 1 + 1, {}],
    ['6.16', 1 + 1 + N + 1, { contpteGets: 1 }],
    ['6.17', 1 + 3 + 1, { contpteGets: 1 }],
    ['7.3', 1 + 1 + 1 + 1, {}],
  ])(
    '%s: write bit changed: the block dissolves and one page is raised',
    (kernel, rawReads, more) => {
      const { changed, spent, found } = raise({ kernel }, block(RO_DIRTY), RW_DIRTY, true);
      const flushes = { flushCalls: 2, tlbiOps: 2, dsb: 4 };
      const convert = { xchg: N, rawWrites: N, unfolds: 1 };
      expect([changed, spent]).toEqual([
        true,
        { rawReads, cmpxchg: 1, ...convert, ...flushes, ...more },
      ]);
      expect(found(RW_DIRTY)).toEqual([4]);
      expect(found(RO_DIRTY)).toEqual(span(0, N).filter((i) => i !== 4));
    },
  );

  it.each<[KernelRelease, boolean]>([
    ['6.18', false],
    ['7.3', true],
  ])('%s: an old member beside young ones: changed is %s', (kernel, expected) => {
    // the gathered value says young for all, which hid the member that faulted
    const mapping = { ...block(RO_CLEAN), odd: [4, (RO_CLEAN & ~AF) | CONT] as const };
    expect(raise({ kernel }, mapping, RO_CLEAN, false).changed).toBe(expected);
  });

  it.each([
    ['accessed', RO_CLEAN & ~AF, RO_CLEAN],
    ['software dirty', RO_CLEAN, RO_DIRTY],
    ['write', RO_CLEAN, RW_CLEAN],
    ['RDONLY', RW_DIRTY | RDONLY, RW_DIRTY],
  ])('the raw test looks at %s', (_, bits, wanted) => {
    expect(raise({ kernel: '7.3' }, block(bits), wanted, false).changed).toBe(true);
  });

  it('the raw test stops at the first entry that differs', () => {
    const mapping = { ...block(RO_CLEAN), odd: [9, (RO_CLEAN & ~AF) | CONT] as const };
    expect(raise({ kernel: '7.3' }, mapping, RO_CLEAN, false).spent.rawReads).toBe(1 + 10 + 1 + N);
  });
});

describe('the flush after a fault', () => {
  const raised = (options: Arm64Options): ReturnType<typeof cost> =>
    raise(options, { bits: RO_DIRTY, nr: N }, RW_DIRTY, true).spent;

  it.each<[KernelRelease, number, number]>([
    ['6.18', 2, 3],
    ['6.19', 1, 2],
  ])('%s: with REPEAT_TLBI %i operations and %i barriers', (kernel, tlbiOps, dsb) => {
    expect(raised({ kernel, repeatTlbi: true })).toMatchObject({ flushCalls: 1, tlbiOps, dsb });
  });

  it('covers the page that faulted', () => {
    const arch = arm64({ kernel: '6.18' });
    const table = mapped(arch, { bits: RO_DIRTY, nr: N });
    const mm = testMm();
    arch.ptepSetAccessFlags(mm, table, 9, { ...peek(table, 9), bits: RW_DIRTY }, true);
    const start = table.base + 9;
    expect(mm.traced).toEqual([{ fn: 'flush_tlb_range', start, end: start + 1, stride: 1 }]);
  });

  it('is issued twice with the kernel unmapped', () => {
    expect(raised({ kernel: '7.3', kpti: true })).toMatchObject({ tlbiOps: 2, dsb: 2 });
  });

  it('of a block takes one operation per page without FEAT_TLBIRANGE', () => {
    const options: Arm64Options = { kernel: '7.3', tlbiRange: false };
    const { spent } = raise(options, { bits: RW_CLEAN | CONT, nr: N }, RW_DIRTY, true);
    expect(spent).toMatchObject({ flushCalls: 1, tlbiOps: N, dsb: 2 });
  });
});
