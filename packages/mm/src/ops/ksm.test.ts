import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { accessPage, fillPage, storeByte } from '../fault/access.ts';
import {
  BASE,
  changeBits,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  span,
  testMm,
  touch,
  vmaAt,
  writable,
} from '../testing.fixture.ts';
import { fork } from './fork.ts';
import { ksmScan } from './ksm.ts';
import { madvise } from './madvise.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const HEAD = 0x10000;

/** Pages of a mergeable VMA filled with one byte each: "aab." is three pages and a hole. */
function filled(arch: Arch, text: string, kb?: number): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, BASE + text.length);
  for (const [i, letter] of Array.from(text).entries()) {
    if (letter === '0') fillPage(mm, BASE + i, 0);
    else if (letter !== '.') fillPage(mm, BASE + i, letter.charCodeAt(0));
  }
  madvise(mm, BASE, BASE + text.length, 'MERGEABLE');
  return mm;
}

/** Frames of the first `nr` pages, from the first one that is allocated; "z" is the zero page. */
function frames(mm: AddressSpace, nr: number): string {
  return span(0, nr)
    .map((i) => (pfnOf(mm, BASE + i) === 1 ? 'z' : String(pfnOf(mm, BASE + i) - HEAD)))
    .join(' ');
}

function kind(mm: AddressSpace, pfn: number): number {
  return mm.system.memmap.pageKind(pfn);
}

function counts(mm: AddressSpace, pfn: number): number[] {
  return [mm.system.memmap.folioRefcount(pfn), mm.system.memmap.folioMapcount(pfn)];
}

describe.each([x86, arm])('$name: pages of equal content', (arch) => {
  it.each([
    ['abcd', '0 1 2 3'],
    ['aa', '1 1'],
    ['abab', '2 3 2 3'],
    ['aaaab', '1 1 1 1 4'],
  ])('%s: the second that the scan meets becomes the shared one: %s', (text, after) => {
    const mm = filled(arch, text);
    ksmScan(mm.system, false);
    expect(frames(mm, text.length)).toBe(after);
  });

  it('the shared page is read-only, exclusive to nobody, counted once per entry', () => {
    const mm = filled(arch, 'aaab');
    ksmScan(mm.system, false);
    expect([kind(mm, HEAD), kind(mm, HEAD + 1)]).toEqual([PAGE_KIND.FREE, PAGE_KIND.KSM]);
    expect(counts(mm, HEAD + 1)).toEqual([3, 3]);
    expect([writable(mm, BASE, BASE + 4), exclusive(mm, BASE, BASE + 4)]).toEqual([[3], [3]]);
    expect(mm.events.flushCalls).toBe(3);
  });

  it('the next write copies, and keeps the bytes that it does not change', () => {
    const mm = filled(arch, 'aa');
    const { memmap } = mm.system;
    const before = memmap.content(pfnOf(mm, BASE));
    ksmScan(mm.system, false);
    expect(storeByte(mm, BASE + 1, 7, 1)).toEqual({ faults: 1, signal: null });
    expect([frames(mm, 2), exclusive(mm, BASE, BASE + 2)]).toEqual(['1 2', [1]]);
    expect(memmap.content(HEAD + 2)).toBe(memmap.contents.stored(before, 7, 1));
    expect(touch(mm, BASE)).toBe(1); // copied even by the last one who maps it
    expect([frames(mm, 2), kind(mm, HEAD + 1)]).toEqual(['3 2', PAGE_KIND.FREE]);
  });

  it('are merged across address spaces', () => {
    const mm = filled(arch, 'a');
    const child = fork(mm);
    fillPage(child, BASE, 'a'.charCodeAt(0)); // a page of its own again
    ksmScan(mm.system, false);
    expect([pfnOf(mm, BASE), pfnOf(child, BASE)]).toEqual([HEAD + 1, HEAD + 1]);
  });

  it('a later one joins the page that is shared already', () => {
    const mm = filled(arch, 'aa.');
    ksmScan(mm.system, false);
    fillPage(mm, BASE + 2, 'a'.charCodeAt(0));
    ksmScan(mm.system, false);
    expect([frames(mm, 3), counts(mm, HEAD + 1)]).toEqual(['1 1 1', [3, 3]]);
  });
});

describe('entries', () => {
  it.each([
    ['x86-64', x86, '0x8000000010001025', '0x8000000010001825'],
    ['arm64', arm, '0x0060000010001fc3', '0x0060000010001fc3'],
  ])('%s: the replaced one from the template, the other clean; dirty', (_, arch, first, second) => {
    const mm = filled(arch, 'aa');
    ksmScan(mm.system, false);
    expect([hexOf(mm, BASE), hexOf(mm, BASE + 1)]).toEqual([first, second]);
    const section = mm.system.memmap.ownSection(HEAD + 1);
    expect((section.frames.flags[HEAD + 1 - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      FOLIO_FLAG.DIRTY,
    );
  });

  it('old, uffd-wp and soft-dirty: kept by the shared one, lost by the replaced one', () => {
    const mm = filled(x86, 'aa');
    changeBits(mm, [BASE, BASE + 1], (bits) => x86.pteMkuffdWp(x86.pteMkold(x86.pteMkclean(bits))));
    ksmScan(mm.system, false);
    expect([hexOf(mm, BASE), hexOf(mm, BASE + 1)]).toEqual([
      '0x8000000010001025',
      '0x8000000010001c05',
    ]);
    const section = mm.system.memmap.ownSection(HEAD + 1);
    expect((section.frames.flags[HEAD + 1 - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      FOLIO_FLAG.DIRTY,
    );
  });
});

describe('pages full of zeroes', () => {
  it.each([
    ['x86-64', x86, '0x8400000000001a25'],
    ['arm64', arm, '0x01e0000000001fc3'],
  ])('%s: with use_zero_pages each becomes the zero page, special and dirty', (_, arch, entry) => {
    const mm = filled(arch, '0a0');
    ksmScan(mm.system, true);
    expect([frames(mm, 3), hexOf(mm, BASE)]).toEqual(['z 1 z', entry]);
    expect([kind(mm, HEAD), counts(mm, 1)]).toEqual([PAGE_KIND.FREE, [1, 0]]);
    expect(touch(mm, BASE)).toBe(1);
    expect(pfnOf(mm, BASE)).toBe(HEAD + 3);
  });

  it('without it they are merged like others', () => {
    const mm = filled(x86, '0a0');
    ksmScan(mm.system, false);
    expect(frames(mm, 3)).toBe('2 1 2');
  });
});

describe.each([x86, arm])('$name: a large folio', (arch) => {
  it('is split, and its equal pages are merged', () => {
    const mm = filled(arch, 'abca'.repeat(4), 64);
    ksmScan(mm.system, false);
    expect(frames(mm, 16)).toBe('3 5 6 3 3 5 6 3 3 5 6 3 3 5 6 3');
    expect(mm.system.memmap.folioOrder(HEAD + 3)).toBe(0);
    expect([counts(mm, HEAD + 3), kind(mm, HEAD)]).toEqual([[8, 8], PAGE_KIND.FREE]);
  });

  it.each([true, false])('its pages of zeroes go with the split (use_zero_pages %s)', (zero) => {
    const mm = filled(arch, `0b${'0'.repeat(14)}`, 64);
    ksmScan(mm.system, zero);
    expect(frames(mm, 16)).toBe(`z 1${' z'.repeat(14)}`);
    expect([kind(mm, HEAD), counts(mm, HEAD)]).toEqual([PAGE_KIND.FREE, [0, 0]]);
  });

  it('with a reference of somebody else it stays whole', () => {
    const mm = filled(arch, 'a'.repeat(16), 64);
    mm.system.memmap.folioRefAdd(HEAD, 1);
    ksmScan(mm.system, false);
    expect([mm.system.memmap.folioOrder(HEAD), writable(mm, BASE, BASE + 16)]).toEqual([
      4,
      span(0, 16),
    ]);
  });

  it('that is mapped huge is split first', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    for (const i of span(0, 512)) fillPage(mm, BASE + i, 1 + (i % 2));
    madvise(mm, BASE, BASE + 512, 'MERGEABLE');
    ksmScan(mm.system, false);
    expect(frames(mm, 4)).toBe('2 3 2 3');
    expect(counts(mm, HEAD + 2)).toEqual([256, 256]);
  });
});

describe('left alone', () => {
  /**
   *      page   0           2           4
   *             [ mergeable )[  not     )      four equal pages
   */
  it('VMAs that are not mergeable', () => {
    const mm = filled(x86, 'aa');
    mapAnon(mm, BASE + 2, BASE + 4);
    for (const i of [2, 3]) fillPage(mm, BASE + i, 'a'.charCodeAt(0));
    ksmScan(mm.system, false);
    expect([frames(mm, 4), writable(mm, BASE, BASE + 4)]).toEqual(['1 1 2 3', [2, 3]]);
  });

  it('a page that only fork shares', () => {
    const mm = filled(x86, 'a');
    const child = fork(mm);
    const before = [hexOf(mm, BASE), hexOf(child, BASE)];
    ksmScan(mm.system, false);
    expect([hexOf(mm, BASE), hexOf(child, BASE)]).toEqual(before);
    expect([kind(mm, HEAD), counts(mm, HEAD)]).toEqual([PAGE_KIND.ANON, [2, 2]]);
  });

  it('a page that DMA may use', () => {
    const mm = filled(x86, 'aaa');
    const section = mm.system.memmap.ownSection(HEAD + 1);
    section.frames.pins[HEAD + 1 - section.base] = 1;
    ksmScan(mm.system, false);
    expect([frames(mm, 3), exclusive(mm, BASE, BASE + 3)]).toEqual(['2 1 2', [1]]);
  });

  it('swap entries, the zero page, holes, private file pages and the huge zero page', () => {
    const mm = filled(x86, 'a...');
    accessPage(mm, BASE + 1, 'read');
    const pte = makePte();
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    x86.encodeNonPresent({ kind: 'swap', type: 0, offset: 7, ...state }, pte);
    mm.allocTable(BASE).poke(2, pte);
    mm.system.memmap.initFolio(0x8000, 0, PAGE_KIND.FILE);
    x86.pfnPte(0x8000, vmaAt(mm, BASE).pageProt, pte);
    mm.allocTable(BASE).poke(3, pte);
    mapAnon(mm, BASE + 512, BASE + 1024);
    madvise(mm, BASE + 512, BASE + 1024, 'MERGEABLE');
    x86.pfnPmd(mm.system.hugeZeroPfn, vmaAt(mm, BASE + 512).pageProt, pte);
    mm.setPmd(BASE + 512, new HugePmd(BASE + 512, pte));
    const before = span(0, 4).map((i) => hexOf(mm, BASE + i));
    ksmScan(mm.system, true);
    expect(span(0, 4).map((i) => hexOf(mm, BASE + i))).toEqual(before);
    expect(mm.pmd(BASE + 512)).toBeInstanceOf(HugePmd);
  });

  it('a huge page that is migrating', () => {
    const mm = filled(x86, 'aa');
    mapAnon(mm, BASE + 512, BASE + 1024);
    madvise(mm, BASE + 512, BASE + 1024, 'MERGEABLE');
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    const pte = makePte();
    x86.encodeNonPresent({ kind: 'migration-read', type: 25, offset: HEAD, ...state }, pte);
    mm.setPmd(BASE + 512, new HugePmd(BASE + 512, { ...pte }));
    ksmScan(mm.system, false);
    expect([frames(mm, 2), entryOf(mm, BASE + 512)]).toEqual(['1 1', pte]);
  });
});
