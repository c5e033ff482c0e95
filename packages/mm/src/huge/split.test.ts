import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch, type NonPresentEntry, type Pte } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { mmapFixed } from '../ops/mmap.ts';
import {
  BASE,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
} from '../testing.fixture.ts';
import { vmaAdjustTransHuge } from './adjust.ts';
import { HugePmd } from './huge-pmd.ts';
import { splitHugePmd } from './split.ts';

const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const arm = arm64({ kernel: '7.2' });
const HEAD = 0x10000;
const END = BASE + 512;

/** An address space with one huge page, fresh from its first write. */
function huge(arch: Arch): { mm: AddressSpace; pmd: HugePmd } {
  const mm = testMm(arch, { kb: [2048] });
  mapAnon(mm, BASE, END);
  touch(mm, BASE);
  cost(mm);
  return { mm, pmd: hugePmd(mm) };
}

function hugePmd(mm: AddressSpace): HugePmd {
  const pmd = mm.pmd(BASE);
  if (!(pmd instanceof HugePmd)) throw new RangeError('not huge');
  return pmd;
}

/** Splits after `change` of the huge entry's bits; the bits that all 512 entries then have. */
function splitBits(arch: Arch, change: (bits: number) => number): Pte {
  const { mm, pmd } = huge(arch);
  pmd.entry.bits = change(pmd.entry.bits);
  splitHugePmd(mm, pmd);
  const { bits } = entryOf(mm, BASE);
  for (let i = 1; i < 512; i++) expect(entryOf(mm, BASE + i).bits).toBe(bits);
  return entryOf(mm, BASE);
}

describe('an anonymous huge page', () => {
  it.each([
    ['x86-64', x86, '0x8000000010000867', '0x80000000101ff867'],
    ['x86-64 without soft-dirty', plain, '0x8000000010000067', '0x80000000101ff067'],
    ['arm64: contiguous', arm, '0x00f8000010000f43', '0x00f80000101fff43'],
  ])('%s: becomes 512 entries with its state', (_, arch, first, last) => {
    const { mm, pmd } = huge(arch);
    splitHugePmd(mm, pmd);
    expect([hexOf(mm, BASE), hexOf(mm, END - 1)]).toEqual([first, last]);
    for (const i of span(0, 512)) expect(pfnOf(mm, BASE + i)).toBe(HEAD + i);
    const { memmap } = mm.system;
    expect([memmap.folioRefcount(HEAD), memmap.folioMapcount(HEAD)]).toEqual([512, 512]);
    expect([memmap.mapcount(HEAD + 300), memmap.folioOrder(HEAD)]).toEqual([1, 9]);
    const section = memmap.ownSection(HEAD);
    expect(section.frames.entireMapcount[HEAD - section.base]).toBe(0);
    expect((section.frames.flags[HEAD - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      FOLIO_FLAG.DIRTY,
    );
  });

  it.each([
    [true, span(0, 512)],
    [false, []],
  ])('head page exclusive %s: so is every page', (head, pages) => {
    const { mm, pmd } = huge(x86);
    mm.system.memmap.setAnonExclusive(HEAD, 1, head);
    splitHugePmd(mm, pmd);
    expect(exclusive(mm, BASE, END)).toEqual(pages);
  });

  it.each([
    ['x86-64: 512 pages at page stride, hence everything', x86, { fullFlushes: 1 }],
    ['arm64: one invalidation', arm, { tlbiOps: 1 }],
  ])('%s', (_, arch, flush) => {
    const { mm, pmd } = huge(arch);
    splitHugePmd(mm, pmd);
    expect(cost(mm)).toMatchObject({ pmdSplits: 1, flushCalls: 1, ...flush });
  });

  it.each([x86, plain, arm])('$name: each piece of state is carried over', (arch) => {
    const is = (test: (bits: number) => boolean, change: (bits: number) => number): boolean => {
      return test(splitBits(arch, change).bits);
    };
    expect(is((b) => arch.pteWrite(b), (b) => arch.pteWrprotect(b))).toBe(false); // prettier-ignore
    expect(is((b) => arch.pteYoung(b), (b) => arch.pteMkold(b))).toBe(false); // prettier-ignore
    expect(is((b) => arch.pteDirty(b), (b) => arch.pteMkclean(b))).toBe(false); // prettier-ignore
    expect(is((b) => arch.pteDirty(b), (b) => arch.pteWrprotect(b))).toBe(true); // prettier-ignore
    const protect = (b: number): number => arch.pteMkuffdWp(b);
    expect(is((b) => arch.pteUffdWp(b) && !arch.pteWrite(b), protect)).toBe(true);
  });

  it('x86-64: soft-dirty is carried over, and dirtiness brings it back', () => {
    const soft = (change: (bits: number) => number): boolean => {
      return x86.pteSoftDirty(splitBits(x86, change).bits);
    };
    expect(soft((b) => x86.pteClearSoftDirty(x86.pteMkclean(b)))).toBe(false);
    expect(soft((b) => x86.pteMkclean(b))).toBe(true);
    expect(soft((b) => x86.pteClearSoftDirty(b))).toBe(true);
  });

  it('takes the protection that the VMA has now', () => {
    const { mm, pmd } = huge(x86);
    const vma = vmaAt(mm, BASE);
    vma.pageProt = x86.vmGetPageProt(1, { pkey: 1 });
    splitHugePmd(mm, pmd);
    expect(hexOf(mm, BASE)).toBe('0x8800000010000867');
  });
});

describe('other huge mappings', () => {
  function mapped(arch: Arch, pfn: number, bits: (b: number) => number): AddressSpace {
    const mm = testMm(arch);
    mapAnon(mm, BASE, END);
    const entry = makePte();
    arch.pfnPmd(pfn, vmaAt(mm, BASE).pageProt, entry);
    entry.bits = bits(entry.bits);
    mm.setPmd(BASE, new HugePmd(BASE, entry));
    return mm;
  }

  it.each([
    ['x86-64', x86, '0x8000000000001225', '0x8000000000001625'],
    ['arm64', arm, '0x0160000000001fc3', '0x0560000000001fc3'],
  ])('%s: the huge zero page becomes 512 zero pages; only uffd-wp stays', (_, arch, zero, wp) => {
    const dirty = mapped(arch, 512, (b) => arch.pteMksoftDirty(arch.pteMkdirty(b)));
    splitHugePmd(dirty, hugePmd(dirty));
    const watched = mapped(arch, 512, (b) => arch.pteMkuffdWp(b));
    splitHugePmd(watched, hugePmd(watched));
    for (const i of [0, 1, 300, 511]) {
      expect([hexOf(dirty, BASE + i), hexOf(watched, BASE + i)]).toEqual([zero, wp]);
    }
    expect(cost(dirty)).toMatchObject({ pmdSplits: 1, flushCalls: 1 });
    expect(dirty.system.memmap.folioRefcount(512)).toBe(1);
  });

  it.each([true, false])('a file page is only unmapped; dirty %s reaches the folio', (dirty) => {
    const mm = testMm(arm);
    mmapFixed(mm, { start: BASE, nr: 512, prot: RW, shared: true, file: SHMEM });
    const { memmap } = mm.system;
    memmap.initFolio(0x8000, 9, PAGE_KIND.FILE);
    memmap.folioRefAdd(0x8000, 1); // the page cache
    const section = memmap.ownSection(0x8000);
    section.frames.entireMapcount[0x8000 - section.base] = 1;
    section.frames.largeMapcount[0x8000 - section.base] = 1;
    const entry = makePte();
    arm.pfnPmd(0x8000, vmaAt(mm, BASE).pageProt, entry);
    if (dirty) entry.bits = arm.pteMkdirty(entry.bits);
    mm.setPmd(BASE, new HugePmd(BASE, entry));
    splitHugePmd(mm, hugePmd(mm));
    expect(mm.pmd(BASE)).toBeUndefined();
    expect([memmap.folioRefcount(0x8000), memmap.folioMapcount(0x8000)]).toEqual([1, 0]);
    expect((section.frames.flags[0x8000 - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      dirty ? FOLIO_FLAG.DIRTY : 0,
    );
    expect(cost(mm)).toMatchObject({ pmdSplits: 1, flushCalls: 1 });
  });

  it.each([x86, arm])('$name: a migration entry becomes 512 of its kind', (arch) => {
    for (const kind of ['migration-read', 'migration-read-exclusive', 'migration-write'] as const) {
      const mm = mapped(arch, 0x8000, (b) => b);
      const state = { softDirty: arch.softDirty, uffdWp: true, exclusive: false };
      const young = 2 ** arch.swapPfnBits;
      arch.encodeNonPresent({ kind, type: 0, offset: 0x8000 + young, ...state }, hugePmd(mm).entry);
      splitHugePmd(mm, hugePmd(mm));
      const entry = (i: number): NonPresentEntry => arch.decodeNonPresent(entryOf(mm, BASE + i));
      for (const i of [0, 1, 511]) {
        expect(entry(i)).toMatchObject({ kind, offset: 0x8000 + i + young, ...state });
      }
      expect(mm.events.flushCalls).toBe(0); // hardware holds nothing of it
    }
  });

  it('one outside any VMA is a mistake of the caller', () => {
    const mm = testMm(arm);
    expect(() => {
      splitHugePmd(mm, new HugePmd(BASE, makePte()));
    }).toThrow(new RangeError(`huge mapping at page ${BASE} outside any VMA`));
  });
});

describe('a VMA boundary', () => {
  it.each([
    [0, 0],
    [1, 1],
    [511, 1],
    [512, 0],
  ])('at page %i of a huge page: %i splits', (at, splits) => {
    const { mm } = huge(arm);
    vmaAdjustTransHuge(mm, BASE + at);
    expect(mm.events.pmdSplits).toBe(splits);
  });

  it('inside a table of single entries there is nothing to split', () => {
    const mm = testMm(arm);
    mm.allocTable(BASE);
    vmaAdjustTransHuge(mm, BASE + 5);
    expect(mm.events.pmdSplits).toBe(0);
  });
});
