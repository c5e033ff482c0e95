import { FOLIO_FLAG, Memmap, PAGE_KIND } from '@ptelab/folio';
import { x86_64 } from '@ptelab/pte';
import { beforeEach, describe, expect, it } from 'vitest';
import { LruBatches } from './lru-batches.ts';

const EARLY = x86_64({ kernel: '6.12' }).features;
const LATE = x86_64({ kernel: '7.3' }).features;

let memmap: Memmap;

beforeEach(() => {
  memmap = new Memmap();
  for (let pfn = 1000; pfn < 1064; pfn++) memmap.initFolio(pfn, 0, PAGE_KIND.ANON);
  memmap.initFolio(2048, 4, PAGE_KIND.ANON);
  for (let pfn = 1000; pfn < 1064; pfn++) memmap.folioSet(pfn, FOLIO_FLAG.SWAPBACKED, true);
  memmap.folioSet(2048, FOLIO_FLAG.SWAPBACKED, true);
});

function marked(lru: LruBatches, nr: number): number[] {
  const pfns = Array.from({ length: nr }, (_, i) => 1000 + i);
  for (const pfn of pfns) lru.markLazyfree(pfn);
  return pfns.map((pfn) => memmap.folioRefcount(pfn));
}

describe('the MADV_FREE batch', () => {
  it('keeps a reference on single pages until it has 31 of them', () => {
    const lru = new LruBatches(memmap, LATE);
    expect(marked(lru, 30)).toEqual(Array(30).fill(2));
    lru.markLazyfree(1030);
    expect(memmap.folioRefcount(1000)).toBe(1);
    expect(memmap.folioRefcount(1030)).toBe(1);
  });

  it('is worked off at once when a large folio joins', () => {
    const lru = new LruBatches(memmap, LATE);
    marked(lru, 3);
    lru.markLazyfree(2048);
    expect(memmap.folioRefcount(1000)).toBe(1);
    expect(memmap.folioRefcount(2048)).toBe(1);
  });

  it('takes a page once: what is no longer backed by swap stays that way', () => {
    const lru = new LruBatches(memmap, LATE);
    marked(lru, 1);
    marked(lru, 1);
    expect(memmap.folioRefcount(1000)).toBe(2);
    lru.drain();
    expect(marked(lru, 1)).toEqual([1]);
  });

  it('hides the LRU flag of its pages up to 6.16', () => {
    const before = new LruBatches(memmap, EARLY);
    const after = new LruBatches(memmap, LATE);
    before.markLazyfree(1000);
    after.markLazyfree(1001);
    expect(before.isOnLru(1000)).toBe(false);
    expect(after.isOnLru(1001)).toBe(true);
  });
});

describe('the batch of new folios', () => {
  it('holds 30 without the LRU flag, and all have it with the 31st', () => {
    const lru = new LruBatches(memmap, LATE);
    for (let i = 0; i < 30; i++) lru.add(1000 + i, true);
    expect(lru.isOnLru(1000)).toBe(false);
    lru.add(1030, true);
    expect(lru.isOnLru(1000)).toBe(true);
  });

  it('is worked off by a large folio, and by a drain', () => {
    const lru = new LruBatches(memmap, LATE);
    lru.add(1000, true);
    lru.add(2048, true);
    expect(lru.isOnLru(1000)).toBe(true);
    lru.add(1001, true);
    lru.drain();
    expect(lru.isOnLru(1001)).toBe(true);
  });
});

describe('what the lists leave on a folio', () => {
  const { ACTIVE, MLOCKED, REFERENCED, SWAPBACKED, UNEVICTABLE } = FOLIO_FLAG;

  it('a fault marks it active until it is on a list; in 7.2 referenced, for good', () => {
    const early = new LruBatches(memmap, EARLY);
    early.add(1000, true);
    expect(memmap.folioTest(1000, ACTIVE)).toBe(true);
    early.drain();
    expect(memmap.folioFlags(1000)).toBe(SWAPBACKED);
    const late = new LruBatches(memmap, LATE);
    late.add(1001, true);
    late.drain();
    expect(memmap.folioFlags(1001)).toBe(SWAPBACKED | REFERENCED);
  });

  it('write(2) leaves no mark', () => {
    new LruBatches(memmap, EARLY).add(1000, false);
    expect(memmap.folioFlags(1000)).toBe(SWAPBACKED);
  });

  it('MADV_FREE takes SWAPBACKED away when its batch is worked off, up to 6.12 REFERENCED too', () => {
    for (const [pfn, features, left] of [
      [1000, EARLY, 0],
      [1001, LATE, REFERENCED],
    ] as const) {
      const lru = new LruBatches(memmap, features);
      memmap.folioSet(pfn, REFERENCED, true);
      lru.markLazyfree(pfn);
      expect([lru.isLazyfree(pfn), memmap.folioTest(pfn, SWAPBACKED)]).toEqual([true, true]);
      lru.drainLazyfree();
      expect([lru.isLazyfree(pfn), memmap.folioFlags(pfn)]).toEqual([false, left]);
    }
  });

  it('a locked folio is unevictable once the batch is worked off; a large one at once', () => {
    const lru = new LruBatches(memmap, LATE);
    lru.mlock(1000, true);
    expect([lru.isOnLru(1000), memmap.folioTest(1000, UNEVICTABLE)]).toEqual([false, false]);
    lru.mlock(2048, false);
    for (const pfn of [1000, 2048]) {
      expect(memmap.folioFlags(pfn)).toBe(SWAPBACKED | MLOCKED | UNEVICTABLE);
    }
    lru.markAccessed(1000);
    expect(memmap.folioTest(1000, REFERENCED)).toBe(false);
    lru.munlock(1000);
    expect(memmap.folioTest(1000, MLOCKED)).toBe(true);
    lru.drain();
    lru.markAccessed(1000);
    expect(memmap.folioFlags(1000)).toBe(SWAPBACKED | REFERENCED);
  });
});

it('releases differ by name', () => {
  const keeps = (kernel: '6.12' | '6.16' | '6.17' | '7.3') =>
    x86_64({ kernel }).features.lruBatchKeepsFlag;
  expect([keeps('6.12'), keeps('6.16'), keeps('6.17'), keeps('7.3')]).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

describe('without the multi-generational LRU', () => {
  const { ACTIVE, REFERENCED, SWAPBACKED, UNEVICTABLE, MLOCKED } = FOLIO_FLAG;

  it('a fault leaves no mark, the second use makes a folio active, MADV_COLD takes that back', () => {
    const lru = new LruBatches(memmap, LATE, false);
    const seen: number[] = [];
    const look = (): number => seen.push(memmap.folioFlags(2048));
    lru.add(2048, true);
    look();
    for (let use = 0; use < 4; use++) {
      lru.markAccessed(2048);
      look();
    }
    lru.deactivate(2048);
    look();
    const both = ACTIVE | REFERENCED;
    expect(seen.map((flags) => flags & ~SWAPBACKED)).toEqual([
      0,
      REFERENCED,
      ACTIVE,
      both,
      both,
      0,
    ]);
  });

  it('a locked folio is not active', () => {
    const lru = new LruBatches(memmap, LATE, false);
    lru.markAccessed(2048);
    lru.markAccessed(2048);
    lru.mlock(2048, false);
    lru.markAccessed(2048);
    expect(memmap.folioFlags(2048)).toBe(SWAPBACKED | MLOCKED | UNEVICTABLE | REFERENCED);
  });
});

describe('the batch of new pages', () => {
  it('is worked off when large folios are added', () => {
    const lru = new LruBatches(memmap, LATE);
    lru.add(1000, true);
    expect(lru.isOnLru(1000)).toBe(false);
    lru.addLarge();
    expect(lru.isOnLru(1000)).toBe(true);
  });
});
