import { FOLIO_FLAG } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  span,
  testMm,
  touch,
  where,
  writable,
  filledMm,
} from '../testing.fixture.ts';
import { storeByte } from '../fault/access.ts';
import { fork } from './fork.ts';
import { madvise } from './madvise.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const old = { x86: x86_64({ kernel: '6.12' }), arm: arm64({ kernel: '6.12' }) };
const END = BASE + 32;
const HEAD = 0x10000;

/** 32 pages, each with a byte of its own. */
function written(arch: Arch, kb?: number): AddressSpace {
  const mm = filledMm(arch, kb, 32);
  cost(mm);
  return mm;
}

function dirty(mm: AddressSpace): number[] {
  return where(mm, BASE, END, (bits) => mm.system.arch.pteDirty(bits));
}

function young(mm: AddressSpace): number[] {
  return where(mm, BASE, END, (bits) => mm.system.arch.pteYoung(bits));
}

function order(mm: AddressSpace, pfn: number): number {
  return mm.system.memmap.folioOrder(pfn);
}

function isFolioDirty(mm: AddressSpace, pfn: number): boolean {
  const section = mm.system.memmap.ownSection(pfn);
  return ((section.frames.flags[pfn - section.base] ?? 0) & FOLIO_FLAG.DIRTY) !== 0;
}

/** Ranges that are flushed while `work` runs, from {@link BASE}. */
function flushes(mm: AddressSpace, work: () => void): string[] {
  const seen: string[] = [];
  mm.trace = (event): void => {
    if (event.fn === 'flush_tlb_range') seen.push(`${event.start - BASE}-${event.end - BASE}`);
  };
  work();
  mm.trace = null;
  return seen;
}

describe('MADV_FREE', () => {
  it.each([
    ['x86-64, single pages', x86, undefined, '0x8000000010003807'],
    ['x86-64, 64K folio', x86, 64, '0x8000000010003807'],
    ['x86-64 6.12, 64K folio', old.x86, 64, '0x8000000010003807'],
    ['arm64, single pages', arm, undefined, '0x0068000010003bc3'],
    ['arm64, 64K folio', arm, 64, '0x0078000010003bc3'],
    ['arm64 6.12, 64K folio', old.arm, 64, '0x0078000010003bc3'],
  ])('%s: clean and old; write, soft-dirty and exclusive stay', (_, arch, kb, entry) => {
    const mm = written(arch, kb);
    madvise(mm, BASE, END, 'FREE');
    expect(hexOf(mm, BASE + 3)).toBe(entry);
    expect([dirty(mm), young(mm)]).toEqual([[], []]);
    expect([writable(mm, BASE, END), exclusive(mm, BASE, END)]).toEqual([span(0, 32), span(0, 32)]);
    expect([touch(mm, BASE + 3), dirty(mm)]).toEqual([0, [3]]); // by hardware, without a fault
  });

  it.each([
    ['single pages', undefined, 8],
    ['64K folios', 64, 1],
  ])('%s: what changes is recorded and flushed', (_, kb, records) => {
    const mm = written(x86, kb);
    const range = [BASE + 16, BASE + (kb === undefined ? 24 : 32)] as const;
    const seen = flushes(mm, () => madvise(mm, ...range, 'FREE'));
    expect(seen).toEqual([kb === undefined ? '16-24' : '16-32']);
    expect(cost(mm)).toMatchObject({ flushRecords: records });
  });

  it('pages that are clean and old already are not recorded', () => {
    const mm = written(x86, 64);
    changeBits(mm, span(BASE, END), (bits) => x86.pteMkold(x86.pteMkclean(bits)));
    expect(flushes(mm, () => madvise(mm, BASE, END, 'FREE'))).toEqual([]);
    expect(cost(mm)).not.toHaveProperty('flushRecords');
  });

  it('one dirty page makes its folio change as a whole', () => {
    const mm = written(x86, 64);
    changeBits(mm, span(BASE, END), (bits) => x86.pteMkold(x86.pteMkclean(bits)));
    changeBits(mm, [BASE + 20], (bits) => x86.pteMkdirty(bits));
    expect(flushes(mm, () => madvise(mm, BASE, END, 'FREE'))).toEqual(['16-32']);
  });

  it('zero pages, empty slots and non-present entries are passed over', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 1024); // no table for the second half
    touch(mm, BASE, BASE + 1, 'read');
    const pte = makePte();
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    x86.encodeNonPresent({ kind: 'hwpoison', type: 24, offset: 7, ...state }, pte);
    mm.allocTable(BASE).poke(1, pte);
    cost(mm);
    madvise(mm, BASE, BASE + 1024, 'FREE');
    expect(entryOf(mm, BASE + 1)).toEqual(pte);
    expect(cost(mm)).toEqual({ rawReads: 512, pageLookups: 1 });
    expect(mm.pmd(BASE + 512)).toBeUndefined();
  });
});

/**
 *      page   0        4        8                16               32
 *             [  64K folio                        )[  64K folio    )
 *                      ^ advice ^
 */
describe('a large folio that is covered in part', () => {
  it.each([x86, arm, old.x86, old.arm])('$name $kernel: an own one is split first', (arch) => {
    const mm = written(arch, 64);
    madvise(mm, BASE + 4, BASE + 8, 'FREE');
    expect([order(mm, HEAD), order(mm, HEAD + 16)]).toEqual([0, 4]);
    expect(dirty(mm)).toEqual([...span(0, 4), ...span(8, 32)]);
    expect(young(mm)).toEqual([...span(0, 4), ...span(8, 32)]);
    expect(exclusive(mm, BASE, END)).toEqual(span(0, 32));
    expect(span(0, 32).map((i) => pfnOf(mm, BASE + i))).toEqual(span(HEAD, HEAD + 32));
  });

  it('the part ends a folio and the next is covered whole: only the first is split', () => {
    const mm = written(arm, 64);
    madvise(mm, BASE + 8, END, 'FREE');
    expect([order(mm, HEAD), order(mm, HEAD + 16)]).toEqual([0, 4]);
    expect(dirty(mm)).toEqual(span(0, 8));
    expect(where(mm, BASE, END, (bits) => arm.pteValidCont(bits))).toEqual(span(16, 32));
  });

  it.each(['FREE', 'COLD'] as const)('MADV_%s leaves one that a child shares', (advice) => {
    const mm = written(x86, 64);
    fork(mm);
    cost(mm);
    madvise(mm, BASE + 4, BASE + 8, advice);
    expect([order(mm, HEAD), dirty(mm), young(mm)]).toEqual([4, span(0, 32), span(0, 32)]);
    expect(cost(mm)).not.toHaveProperty('flushRecords');
  });

  it('one with a reference of somebody else stays whole, and as it is', () => {
    const mm = written(x86, 64);
    mm.system.memmap.folioRefAdd(HEAD, 1);
    madvise(mm, BASE + 4, END, 'FREE');
    expect([order(mm, HEAD), dirty(mm)]).toEqual([4, span(0, 16)]);
  });
});

describe('a dirty folio', () => {
  it.each([undefined, 64])('of %s KiB, mapped once per page: it becomes clean too', (kb) => {
    const mm = written(x86, kb);
    mm.system.memmap.setFolioDirty(HEAD, true);
    madvise(mm, BASE, END, 'FREE');
    expect([dirty(mm), isFolioDirty(mm, HEAD)]).toEqual([[], false]);
  });

  it.each([
    ['4 KiB', undefined, [0]],
    ['64 KiB', 64, span(0, 16)],
  ])('of %s, mapped in a child too: pages %o stay dirty', (_, kb, left) => {
    const mm = written(x86, kb);
    fork(mm);
    mm.system.memmap.setFolioDirty(HEAD, true);
    madvise(mm, BASE, END, 'FREE');
    expect([dirty(mm), isFolioDirty(mm, HEAD)]).toEqual([left, true]);
  });
});

describe('MADV_COLD', () => {
  it.each([
    ['x86-64', x86, undefined, '0x8000000010003847'],
    ['x86-64, 64K folio', x86, 64, '0x8000000010003847'],
    ['arm64', arm, undefined, '0x00e8000010003b43'],
    ['arm64, 64K folio', arm, 64, '0x00f8000010003b43'],
  ])('%s: only young goes', (_, arch, kb, entry) => {
    const mm = written(arch, kb);
    madvise(mm, BASE, END, 'COLD');
    expect(hexOf(mm, BASE + 3)).toBe(entry);
    expect(young(mm)).toEqual([]);
    expect(cost(mm)).toMatchObject({ flushRecords: kb === undefined ? 32 : 2, flushCalls: 1 });
    madvise(mm, BASE, END, 'COLD');
    expect(cost(mm)).not.toHaveProperty('flushCalls');
  });

  it('pages that another address space maps are left alone', () => {
    for (const kb of [undefined, 64]) {
      const mm = written(x86, kb);
      fork(mm);
      madvise(mm, BASE, END, 'COLD');
      expect(young(mm)).toEqual(span(0, 32));
    }
  });
});

it('arm64: a block that lost a page is advised page by page after its folio was split', () => {
  const mm = written(arm, 64);
  madvise(mm, BASE + 5, BASE + 6, 'DONTNEED');
  expect(where(mm, BASE, END, (bits) => arm.pteValidCont(bits))).toEqual(span(16, 32));
  madvise(mm, BASE, END, 'COLD');
  expect([order(mm, HEAD), order(mm, HEAD + 16), young(mm)]).toEqual([0, 4, []]);
});

it('arm64: an unfolded block ends the batch, and so splits a folio of two blocks', () => {
  const mm = written(arm, 128);
  // rewriting one entry unfolds its block
  arm.setPtes(mm, mm.allocTable(BASE), 3, entryOf(mm, BASE + 3), 1);
  expect(where(mm, BASE, END, (bits) => arm.pteValidCont(bits))).toEqual(span(16, 32));
  madvise(mm, BASE, END, 'FREE');
  expect([order(mm, HEAD), dirty(mm), young(mm)]).toEqual([0, [], []]);
});

describe.each([x86, arm])('$name: a huge page', (arch) => {
  it.each(['FREE', 'COLD'] as const)('is mapped by single entries before MADV_%s', (advice) => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    for (const i of span(0, 512)) storeByte(mm, BASE + i, 0, 1);
    cost(mm);
    madvise(mm, BASE, BASE + 8, advice);
    expect(cost(mm)).toMatchObject({ pmdSplits: 1 });
    const state = advice === 'FREE' ? arch.pteDirty.bind(arch) : arch.pteYoung.bind(arch);
    expect(where(mm, BASE, BASE + 512, (bits) => state(bits))).toEqual(span(8, 512));
    expect([order(mm, HEAD), exclusive(mm, BASE, BASE + 512).length]).toEqual([0, 512]);
  });
});
