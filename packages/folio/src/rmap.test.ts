import { describe, expect, it } from 'vitest';
import { Memmap } from './memmap.ts';
import { PAGE_KIND } from './page-kind.ts';
import {
  folioAddNewAnonRmap,
  folioAddNewAnonRmapPmd,
  folioAddRmapPtes,
  folioRemoveRmapPmd,
  folioRemoveRmapPtes,
  folioTryDupAnonRmapPmd,
  folioTryDupAnonRmapPtes,
} from './rmap.ts';

const PARENT = 1;
const CHILD = 2;
const HEAD = 0x100;
const HUGE = 0x200;

/** One anonymous folio at {@link HEAD}, mapped by the parent if it has more than no pages. */
function folio(order: number, nr: number): Memmap {
  const mem = new Memmap();
  mem.initFolio(HEAD, order, PAGE_KIND.ANON);
  if (nr > 0) folioAddNewAnonRmap(mem, PARENT, HEAD, nr);
  return mem;
}

function exclusive(mem: Memmap, head = HEAD, nr = 4): boolean[] {
  return Array.from({ length: nr }, (_, i) => mem.anonExclusive(head + i));
}

describe('a new anonymous folio', () => {
  it('all of its mapped pages are exclusive, and counted', () => {
    const mem = folio(2, 4);
    expect(exclusive(mem)).toEqual([true, true, true, true]);
    expect([mem.mapcount(HEAD + 3), mem.folioMapcount(HEAD + 3)]).toEqual([1, 4]);
  });

  it('only the mapped part is', () => {
    const mem = folio(2, 2);
    expect(exclusive(mem)).toEqual([true, true, false, false]);
    expect([mem.mapcount(HEAD + 2), mem.folioMapcount(HEAD)]).toEqual([0, 2]);
  });

  it('a single page counts at the page', () => {
    const mem = folio(0, 1);
    expect([mem.mapcount(HEAD), mem.folioMapcount(HEAD)]).toEqual([1, 1]);
    expect(mem.mmIds.maybeShared(HEAD, 1)).toBe(false);
  });
});

describe('fork', () => {
  it('clears the exclusive flag of the copied pages only', () => {
    const mem = folio(2, 4);
    expect(folioTryDupAnonRmapPtes(mem, CHILD, HEAD + 1, 3, false)).toBe(true);
    expect(exclusive(mem)).toEqual([true, false, false, false]);
    expect([mem.mapcount(HEAD), mem.mapcount(HEAD + 1), mem.folioMapcount(HEAD)]).toEqual([
      1, 2, 7,
    ]);
    expect(mem.mmIds.maybeShared(HEAD, 7)).toBe(true);
  });

  it('refuses a pinned folio if any page of the batch is exclusive, and changes nothing', () => {
    const mem = folio(2, 4);
    mem.setAnonExclusive(HEAD, 3, false); // only page 3 is exclusive
    expect(folioTryDupAnonRmapPtes(mem, CHILD, HEAD, 4, true)).toBe(false);
    expect(exclusive(mem)).toEqual([false, false, false, true]);
    expect(mem.folioMapcount(HEAD)).toBe(4);
  });

  it('a pinned folio without exclusive pages is shared like any other', () => {
    const mem = folio(2, 4);
    mem.setAnonExclusive(HEAD, 4, false);
    expect(folioTryDupAnonRmapPtes(mem, CHILD, HEAD, 4, true)).toBe(true);
    expect(mem.folioMapcount(HEAD)).toBe(8);
  });
});

describe('mapping more and unmapping', () => {
  it('file pages are counted and never exclusive', () => {
    const mem = new Memmap();
    mem.initFolio(HEAD, 2, PAGE_KIND.FILE);
    folioAddRmapPtes(mem, PARENT, HEAD, 4);
    folioAddRmapPtes(mem, CHILD, HEAD, 2);
    expect([mem.mapcount(HEAD + 1), mem.mapcount(HEAD + 2), mem.folioMapcount(HEAD)]).toEqual([
      2, 1, 6,
    ]);
    expect(exclusive(mem)).toEqual([false, false, false, false]);
  });

  it.each([
    [0, 1],
    [2, 4],
  ])('order %i: unmapping takes the counts back and leaves the exclusive flag', (order, nr) => {
    const mem = folio(order, nr);
    folioRemoveRmapPtes(mem, PARENT, HEAD, nr);
    expect([mem.mapcount(HEAD), mem.folioMapcount(HEAD)]).toEqual([0, 0]);
    expect(mem.anonExclusive(HEAD)).toBe(true);
  });

  it('after the exit of one of two mappers the other holds all', () => {
    const mem = folio(2, 4);
    folioTryDupAnonRmapPtes(mem, CHILD, HEAD, 4, false);
    folioRemoveRmapPtes(mem, CHILD, HEAD, 4);
    expect([mem.folioMapcount(HEAD), mem.mmIds.maybeShared(HEAD, 4)]).toEqual([4, false]);
  });
});

describe('huge mappings', () => {
  function huge(): Memmap {
    const mem = new Memmap();
    mem.initFolio(HUGE, 9, PAGE_KIND.ANON);
    folioAddNewAnonRmapPmd(mem, PARENT, HUGE);
    return mem;
  }
  function entire(mem: Memmap): number | undefined {
    const section = mem.section(HUGE);
    return section.frames.entireMapcount[HUGE - section.base];
  }

  it('count once, and the exclusive flag stands on the head page', () => {
    const mem = huge();
    expect([entire(mem), mem.folioMapcount(HUGE), mem.mapcount(HUGE)]).toEqual([1, 1, 0]);
    expect(exclusive(mem, HUGE)).toEqual([true, false, false, false]);
  });

  it('fork shares the head page', () => {
    const mem = huge();
    expect(folioTryDupAnonRmapPmd(mem, CHILD, HUGE, false)).toBe(true);
    expect([entire(mem), mem.folioMapcount(HUGE)]).toEqual([2, 2]);
    expect([mem.anonExclusive(HUGE), mem.mmIds.maybeShared(HUGE, 2)]).toEqual([false, true]);
  });

  it('fork refuses a pinned exclusive one, and takes a pinned shared one', () => {
    const mem = huge();
    expect(folioTryDupAnonRmapPmd(mem, CHILD, HUGE, true)).toBe(false);
    expect([entire(mem), mem.anonExclusive(HUGE)]).toEqual([1, true]);
    mem.setAnonExclusive(HUGE, 1, false);
    expect(folioTryDupAnonRmapPmd(mem, CHILD, HUGE, true)).toBe(true);
  });

  it('unmapping takes the counts back', () => {
    const mem = huge();
    folioTryDupAnonRmapPmd(mem, CHILD, HUGE, false);
    folioRemoveRmapPmd(mem, CHILD, HUGE);
    expect([entire(mem), mem.folioMapcount(HUGE)]).toEqual([1, 1]);
    expect(mem.mmIds.maybeShared(HUGE, 1)).toBe(false);
    folioRemoveRmapPmd(mem, PARENT, HUGE);
    expect([entire(mem), mem.folioMapcount(HUGE)]).toEqual([0, 0]);
  });
});
