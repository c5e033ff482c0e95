import { describe, expect, it } from 'vitest';
import { FOLIO_FLAG } from './folio-flags.ts';
import { Memmap } from './memmap.ts';
import { PAGE_KIND } from './page-kind.ts';

const { ANON, FILE, FREE, KSM, ZERO } = PAGE_KIND;

/**
 *      pfn   100  101  102  103  104  108          10c
 *             |    A (4 pages)   |    |   B (4)     |
 *            folio of order 2    free  folio of order 2
 */
function twoFolios(): Memmap {
  const mem = new Memmap();
  mem.initFolio(0x100, 2, ANON);
  mem.initFolio(0x108, 2, FILE);
  return mem;
}

describe('folios', () => {
  it('every page names its head, order and size', () => {
    const mem = twoFolios();
    for (const pfn of [0x100, 0x101, 0x103]) {
      expect([mem.folioHead(pfn), mem.folioOrder(pfn), mem.folioNrPages(pfn)]).toEqual([
        0x100, 2, 4,
      ]);
    }
    expect([mem.folioHead(0x10b), mem.pageKind(0x10b)]).toEqual([0x108, FILE]);
  });

  it('memory that nobody used is free single pages', () => {
    const mem = twoFolios();
    expect([mem.folioHead(0x104), mem.folioOrder(0x104), mem.pageKind(0x104)]).toEqual([
      0x104,
      0,
      FREE,
    ]);
  });

  it.each([
    [0x101, 2],
    [0x102, 2],
    [0x180, 9],
    [1, 1],
  ])('refuses a folio at frame %i of order %i: not aligned', (head, order) => {
    const init = (): void => {
      new Memmap().initFolio(head, order, ANON);
    };
    expect(init).toThrow(
      new RangeError(`folio of order ${order} at pfn 0x${head.toString(16)} is not aligned`),
    );
  });

  it.each([
    [ANON, true],
    [KSM, true],
    [FILE, false],
    [ZERO, false],
    [FREE, false],
  ])('kind %i is anonymous: %s', (kind, anon) => {
    const mem = new Memmap();
    mem.initFolio(0x40, 0, kind);
    expect(mem.isAnon(0x40)).toBe(anon);
  });
});

describe('PageAnonExclusive', () => {
  it('belongs to each page', () => {
    const mem = twoFolios();
    mem.setAnonExclusive(0x101, 2, true);
    const flags = [0x100, 0x101, 0x102, 0x103, 0x104].map((pfn) => mem.anonExclusive(pfn));
    expect(flags).toEqual([false, true, true, false, false]);
    mem.setAnonExclusive(0x102, 1, false);
    expect([mem.anonExclusive(0x101), mem.anonExclusive(0x102)]).toEqual([true, false]);
  });

  it('does not outlive the folio', () => {
    const mem = twoFolios();
    mem.setAnonExclusive(0x100, 4, true);
    mem.initFolio(0x100, 0, ANON);
    expect(mem.anonExclusive(0x100)).toBe(false);
  });
});

describe('references', () => {
  it('a new folio has one, counted for the folio and not for the page', () => {
    const mem = twoFolios();
    mem.folioRefAdd(0x102, 3);
    expect([0x100, 0x103].map((pfn) => mem.folioRefcount(pfn))).toEqual([4, 4]);
    expect(mem.folioRefcount(0x108)).toBe(1);
  });

  it('the last put frees the frames, as single pages', () => {
    const mem = twoFolios();
    mem.setAnonExclusive(0x100, 4, true);
    mem.folioRefAdd(0x100, 3);
    expect(mem.folioPut(0x101, 3)).toBe(false);
    expect(mem.pageKind(0x101)).toBe(ANON);
    expect(mem.folioPut(0x103, 1)).toBe(true);
    for (const pfn of [0x100, 0x101, 0x103]) {
      expect([mem.pageKind(pfn), mem.folioOrder(pfn), mem.anonExclusive(pfn)]).toEqual([
        FREE,
        0,
        false,
      ]);
    }
  });

  it('a folio is pinned as a whole', () => {
    const mem = twoFolios();
    mem.folioPin(0x102);
    expect([0x100, 0x103, 0x108].map((pfn) => mem.folioMaybePinned(pfn))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('a pin is one reference of a large folio, and 1024 of a single page', () => {
    const mem = twoFolios();
    mem.initFolio(0x200, 0, PAGE_KIND.ANON);
    for (const pfn of [0x102, 0x103, 0x200]) mem.folioPin(pfn);
    expect([mem.folioRefcount(0x100), mem.folioRefcount(0x200)]).toEqual([3, 1025]);
    for (const pfn of [0x103, 0x200]) mem.folioUnpin(pfn);
    expect([mem.folioRefcount(0x100), mem.folioRefcount(0x200)]).toEqual([2, 1]);
    expect([mem.folioMaybePinned(0x100), mem.folioMaybePinned(0x200)]).toEqual([true, false]);
  });

  it('contents belong to the page', () => {
    const mem = twoFolios();
    mem.setContent(0x101, 7);
    expect([0x100, 0x101, 0x200].map((pfn) => mem.content(pfn))).toEqual([0, 7, 0]);
  });

  it('dirty stands at the head page', () => {
    const mem = twoFolios();
    const section = mem.section(0x108);
    const dirty = (): number | undefined => section.frames.flags[0x108 - section.base];
    mem.setFolioDirty(0x10a, true);
    expect(dirty()).toBe(FOLIO_FLAG.DIRTY);
    mem.setFolioDirty(0x108, false);
    expect(dirty()).toBe(0);
  });
});

describe('sections', () => {
  it('memory exists wherever it is used, and sections keep apart', () => {
    const mem = new Memmap();
    const far = 5 * mem.sectionPages;
    mem.initFolio(far, 4, ANON);
    mem.initFolio(0, 0, ZERO);
    expect([mem.pageKind(far + 15), mem.pageKind(far - 1), mem.pageKind(0)]).toEqual([
      ANON,
      FREE,
      ZERO,
    ]);
    expect(mem.section(far + 15)).toBe(mem.section(far));
    expect(mem.section(far).base).toBe(far);
  });

  it('frames above 2^31 work: page numbers are not bit patterns', () => {
    const mem = new Memmap();
    const high = 2 ** 38;
    mem.initFolio(high, 9, ANON);
    expect([mem.folioHead(high + 511), mem.folioNrPages(high + 5)]).toEqual([high, 512]);
  });

  it('clear forgets everything', () => {
    const mem = twoFolios();
    mem.mmIds.add(0x100, 1, 4);
    mem.mmIds.add(0x100, 2, 4);
    mem.clear();
    expect([mem.pageKind(0x100), mem.folioRefcount(0x100)]).toEqual([FREE, 0]);
    expect(mem.mmIds.maybeShared(0x100, 8)).toBe(false);
  });
});
