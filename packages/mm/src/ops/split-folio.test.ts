import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { storeByte } from '../fault/access.ts';
import {
  BASE,
  changeBits,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  span,
  testMm,
  touch,
  where,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_LOCKED, VM_SOFTDIRTY } from '../vma/flags.ts';
import { fork } from './fork.ts';
import { madvise } from './madvise.ts';
import { splitFolio } from './split-folio.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;
const HEAD = 0x10000;

/** One 64K folio; the pages of `filled` hold a byte other than zero. */
function folio(arch: Arch, filled: readonly number[] = span(0, 16)): AddressSpace {
  const mm = testMm(arch, { kb: [64] });
  mapAnon(mm, BASE, END);
  touch(mm, BASE);
  for (const i of filled) storeByte(mm, BASE + i, 100, i + 1);
  return mm;
}

/** Changes one entry as the kernel does, which unfolds its block. */
function rewrite(mm: AddressSpace, i: number, to: (bits: number) => number): void {
  const { pfn, bits } = entryOf(mm, BASE + i);
  mm.system.arch.setPtes(mm, mm.allocTable(BASE), i, { pfn, bits: to(bits) }, 1);
}

function split(mm: AddressSpace): boolean {
  return splitFolio(mm.system, HEAD);
}

/** Order, references and mappings of the folio that owns a frame. */
function counts(mm: AddressSpace, pfn: number): number[] {
  const { memmap } = mm.system;
  return [memmap.folioOrder(pfn), memmap.folioRefcount(pfn), memmap.folioMapcount(pfn)];
}

function kinds(mm: AddressSpace): number[] {
  return span(HEAD, HEAD + 16).map((pfn) => mm.system.memmap.pageKind(pfn));
}

describe.each([x86, arm])('$name: a split', (arch) => {
  it('gives every page a folio with one reference, at the same place', () => {
    const mm = folio(arch);
    const contents = span(HEAD, HEAD + 16).map((pfn) => mm.system.memmap.content(pfn));
    expect(split(mm)).toBe(true);
    for (const i of span(0, 16)) {
      expect([pfnOf(mm, BASE + i), ...counts(mm, HEAD + i)]).toEqual([HEAD + i, 0, 1, 1]);
    }
    expect(span(HEAD, HEAD + 16).map((pfn) => mm.system.memmap.content(pfn))).toEqual(contents);
    expect(exclusive(mm, BASE, END)).toEqual(span(0, 16));
    const section = mm.system.memmap.ownSection(HEAD);
    expect((section.frames.flags[HEAD + 9 - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      FOLIO_FLAG.DIRTY,
    );
  });

  it('carries young, dirty, write and uffd-wp of each entry', () => {
    const mm = folio(arch);
    rewrite(mm, 1, (bits) => arch.pteMkold(bits));
    rewrite(mm, 2, (bits) => arch.pteMkclean(bits));
    rewrite(mm, 3, (bits) => arch.pteWrprotect(bits));
    rewrite(mm, 4, (bits) => arch.pteMkuffdWp(bits));
    split(mm);
    const not = (test: (bits: number) => boolean): number[] =>
      where(mm, BASE, END, (bits) => !test(bits));
    expect(not((bits) => arch.pteYoung(bits))).toEqual([1]);
    expect(not((bits) => arch.pteDirty(bits))).toEqual([2]);
    expect(not((bits) => arch.pteWrite(bits))).toEqual([3, 4]);
    expect(where(mm, BASE, END, (bits) => arch.pteUffdWp(bits))).toEqual([4]);
  });

  it('keeps each page exclusive or not', () => {
    const mm = folio(arch);
    mm.system.memmap.setAnonExclusive(HEAD + 5, 3, false);
    split(mm);
    expect(exclusive(mm, BASE, END)).toEqual([...span(0, 5), ...span(8, 16)]);
  });

  it('frees the pages that nobody maps', () => {
    const mm = folio(arch);
    madvise(mm, BASE + 4, BASE + 8, 'DONTNEED');
    expect(split(mm)).toBe(true);
    expect(present(mm, BASE, END)).toEqual([...span(0, 4), ...span(8, 16)]);
    const { ANON, FREE } = PAGE_KIND;
    expect(kinds(mm)).toEqual(span(0, 16).map((i) => (i >= 4 && i < 8 ? FREE : ANON)));
    expect([counts(mm, HEAD + 3), counts(mm, HEAD + 4)]).toEqual([
      [0, 1, 1],
      [0, 0, 0],
    ]);
  });

  it('is refused while somebody else holds a reference', () => {
    const mm = folio(arch);
    const before = hexOf(mm, BASE);
    mm.system.memmap.folioRefAdd(HEAD, 1);
    expect([split(mm), hexOf(mm, BASE), counts(mm, HEAD)]).toEqual([false, before, [4, 17, 16]]);
  });
});

it.each([
  ['x86-64', x86, '0x8000000010003867'],
  ['arm64: no longer contiguous', arm, '0x00e8000010003f43'],
])('%s: an entry afterwards', (_, arch, entry) => {
  const mm = folio(arch);
  split(mm);
  expect(hexOf(mm, BASE + 3)).toBe(entry);
});

it('x86-64: soft-dirty is carried by itself, dirtiness does not bring it', () => {
  const mm = folio(x86);
  changeVmaFlags(mm, BASE, END, { set: 0, clear: VM_SOFTDIRTY });
  changeBits(mm, [BASE + 3, BASE + 4], (bits) => x86.pteClearSoftDirty(x86.pteWrprotect(bits)));
  changeBits(mm, [BASE + 5], (bits) => x86.pteMkclean(bits));
  split(mm);
  expect(where(mm, BASE, END, (bits) => !x86.pteSoftDirty(bits))).toEqual([3, 4]);
  expect(where(mm, BASE, END, (bits) => x86.pteDirty(bits))).toEqual([
    ...span(0, 5),
    ...span(6, 16),
  ]);
});

describe('pages full of zeroes', () => {
  it.each([
    ['x86-64', x86, '0x8000000000001225', '0x8000000000001a25'],
    ['arm64', arm, '0x0160000000001fc3', '0x0160000000001fc3'],
  ])('%s: become the zero page, soft-dirty kept', (_, arch, plain, soft) => {
    const mm = folio(arch, [0, 3]);
    changeBits(mm, [BASE + 1], (bits) => arch.pteClearSoftDirty(bits));
    split(mm);
    expect([hexOf(mm, BASE + 1), hexOf(mm, BASE + 2)]).toEqual([plain, soft]);
    const { ANON, FREE } = PAGE_KIND;
    expect(kinds(mm)).toEqual(span(0, 16).map((i) => (i === 0 || i === 3 ? ANON : FREE)));
    expect(counts(mm, 1)).toEqual([0, 1, 0]); // the zero page is uncounted
  });

  it('keep the mark of userfaultfd', () => {
    const mm = folio(arm, [0]);
    rewrite(mm, 1, (bits) => arm.pteMkuffdWp(bits));
    split(mm);
    expect(hexOf(mm, BASE + 1)).toBe('0x0560000000001fc3');
  });

  it('that were written and zeroed again go too', () => {
    const mm = folio(x86, [0, 1]);
    storeByte(mm, BASE + 1, 100, 0);
    split(mm);
    expect([pfnOf(mm, BASE), pfnOf(mm, BASE + 1)]).toEqual([HEAD, 1]);
  });

  it('stay in a locked VMA', () => {
    const mm = folio(x86, []);
    changeVmaFlags(mm, BASE, END, { set: VM_LOCKED, clear: 0 });
    split(mm);
    expect(span(0, 16).map((i) => pfnOf(mm, BASE + i))).toEqual(span(HEAD, HEAD + 16));
  });
});

/**
 *      page    0     1     2     3   ...
 *      parent  data  zero  data  zero       one 64K folio
 *      child   same        -
 */
describe.each([x86, arm])('$name: a folio in two address spaces', (arch) => {
  function forked(): { mm: AddressSpace; child: AddressSpace } {
    const mm = folio(arch, [0, 2]);
    const child = fork(mm);
    madvise(child, BASE + 2, BASE + 3, 'DONTNEED');
    return { mm, child };
  }

  it('both map the same small pages, as often as before', () => {
    const { mm, child } = forked();
    expect(split(mm)).toBe(true);
    expect([pfnOf(mm, BASE), pfnOf(child, BASE), pfnOf(mm, BASE + 2)]).toEqual([
      HEAD,
      HEAD,
      HEAD + 2,
    ]);
    expect([counts(mm, HEAD), counts(mm, HEAD + 2)]).toEqual([
      [0, 2, 2],
      [0, 1, 1],
    ]);
    expect(exclusive(mm, BASE, END)).toEqual([]);
    const youngIn = (of: AddressSpace): boolean => arch.pteYoung(entryOf(of, BASE).bits);
    expect([youngIn(mm), youngIn(child)]).toEqual([true, false]);
  });

  it('a page of zeroes is dropped once both map the zero page', () => {
    const { mm, child } = forked();
    split(mm);
    expect([pfnOf(mm, BASE + 1), pfnOf(child, BASE + 1)]).toEqual([1, 1]);
    expect([mm.system.memmap.pageKind(HEAD + 1), counts(mm, HEAD + 1)]).toEqual([0, [0, 0, 0]]);
  });

  it.each(['parent', 'child'])('it lives on where the %s has it locked', (who) => {
    const { mm, child } = forked();
    const locks = who === 'parent' ? mm : child;
    changeVmaFlags(locks, BASE, END, { set: VM_LOCKED, clear: 0 });
    split(mm);
    expect([mm, child].map((of) => pfnOf(of, BASE + 1) === 1)).toEqual([
      who !== 'parent',
      who !== 'child',
    ]);
    expect(counts(mm, HEAD + 1)).toEqual([0, 1, 1]);
    expect(mm.system.memmap.pageKind(HEAD + 1)).toBe(PAGE_KIND.ANON);
  });

  it('a huge mapping of the other one is split too', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    for (const i of span(0, 512)) storeByte(mm, BASE + i, 0, 1);
    const child = fork(mm);
    changeVmaFlags(mm, BASE, BASE + 8, { set: VM_LOCKED, clear: 0 });
    expect([mm.pmd(BASE) instanceof HugePmd, child.pmd(BASE) instanceof HugePmd]).toEqual([
      false,
      true,
    ]);
    expect(split(mm)).toBe(true);
    expect([pfnOf(child, BASE + 300), counts(mm, HEAD + 300)]).toEqual([HEAD + 300, [0, 2, 2]]);
  });
});
