import { Memmap, PAGE_KIND } from '@ptelab/folio';
import { x86_64 } from '@ptelab/pte';
import { beforeEach, describe, expect, it } from 'vitest';
import { LruBatches } from './lru-batches.ts';

let memmap: Memmap;

beforeEach(() => {
  memmap = new Memmap();
  for (let pfn = 1000; pfn < 1064; pfn++) memmap.initFolio(pfn, 0, PAGE_KIND.ANON);
  memmap.initFolio(2048, 4, PAGE_KIND.ANON);
});

function marked(lru: LruBatches, nr: number): number[] {
  const pfns = Array.from({ length: nr }, (_, i) => 1000 + i);
  for (const pfn of pfns) lru.markLazyfree(pfn);
  return pfns.map((pfn) => memmap.folioRefcount(pfn));
}

describe('the MADV_FREE batch', () => {
  it('keeps a reference on single pages until it has 31 of them', () => {
    const lru = new LruBatches(memmap, true);
    expect(marked(lru, 30)).toEqual(Array(30).fill(2));
    lru.markLazyfree(1030);
    expect(memmap.folioRefcount(1000)).toBe(1);
    expect(memmap.folioRefcount(1030)).toBe(1);
  });

  it('is worked off at once when a large folio joins', () => {
    const lru = new LruBatches(memmap, true);
    marked(lru, 3);
    lru.markLazyfree(2048);
    expect(memmap.folioRefcount(1000)).toBe(1);
    expect(memmap.folioRefcount(2048)).toBe(1);
  });

  it('takes a page once: what is no longer backed by swap stays that way', () => {
    const lru = new LruBatches(memmap, true);
    marked(lru, 1);
    marked(lru, 1);
    expect(memmap.folioRefcount(1000)).toBe(2);
    lru.drain();
    expect(marked(lru, 1)).toEqual([1]);
  });

  it('hides the LRU flag of its pages up to 6.16', () => {
    const before = new LruBatches(memmap, false);
    const after = new LruBatches(memmap, true);
    before.markLazyfree(1000);
    after.markLazyfree(1001);
    expect(before.isOnLru(1000)).toBe(false);
    expect(after.isOnLru(1001)).toBe(true);
  });
});

describe('the batch of new folios', () => {
  it('holds 30 without the LRU flag, and all have it with the 31st', () => {
    const lru = new LruBatches(memmap, true);
    for (let i = 0; i < 30; i++) lru.add(1000 + i);
    expect(lru.isOnLru(1000)).toBe(false);
    lru.add(1030);
    expect(lru.isOnLru(1000)).toBe(true);
  });

  it('is worked off by a large folio, and by a drain', () => {
    const lru = new LruBatches(memmap, true);
    lru.add(1000);
    lru.add(2048);
    expect(lru.isOnLru(1000)).toBe(true);
    lru.add(1001);
    lru.drain();
    expect(lru.isOnLru(1001)).toBe(true);
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
