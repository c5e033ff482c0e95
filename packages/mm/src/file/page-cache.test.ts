import { x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { System } from '../system.ts';
import { testMm } from '../testing.fixture.ts';
import { BackedFile, type FileSystem } from './backed-file.ts';
import { cachedPage, missingFolioOrders, writeFile } from './page-cache.ts';

const EXT4_FS: FileSystem = { kind: 'ext4' };
const NEVER: FileSystem = { kind: 'tmpfs', huge: 'never' };

function fresh(fs: FileSystem, pages = 64): { system: System; file: BackedFile } {
  return { system: testMm(x86_64({ kernel: '7.3' })).system, file: new BackedFile('f', fs, pages) };
}

/** Orders of the folios of a file, in the order of its pages. */
function orders({ memmap }: System, { cache, pages }: BackedFile): number[] {
  const found: number[] = [];
  for (let page = 0; page < pages;) {
    const pfn = cache.get(page);
    if (pfn === undefined) return found;
    found.push(memmap.folioOrder(pfn));
    page += memmap.folioNrPages(pfn);
  }
  return found;
}

describe('write(2)', () => {
  it.each([
    [64, [6]],
    [32, [5, 5]],
    [24, [4, 3, 3, 4, 4]],
    [1, Array.from({ length: 64 }, () => 0)],
  ])('in calls of %i pages makes folios of their size, aligned in the file', (chunk, expected) => {
    const { system, file } = fresh(EXT4_FS);
    writeFile(system, file, 0, 64, chunk);
    expect(orders(system, file)).toEqual(expected);
  });

  it('makes the folios dirty, and all pages alike', () => {
    const { system, file } = fresh(NEVER, 4);
    writeFile(system, file, 0, 4, 1);
    const { memmap } = system;
    const frames = [...file.cache.values()];
    expect(frames.map((pfn) => memmap.folioDirty(pfn))).toEqual([true, true, true, true]);
    expect(new Set(frames.map((pfn) => memmap.content(pfn))).size).toBe(1);
  });
});

describe('a missing page', () => {
  it('gets the largest folio that no cached page is in the way of', () => {
    const { system, file } = fresh(EXT4_FS);
    writeFile(system, file, 5, 1, 1);
    // Page 5 stands in the way of orders 4 and 3; pages 0 to 3 are free.
    const missing = { file, pgoff: 0, writePages: 16 };
    expect(missingFolioOrders(system, missing)).toEqual([2, 1, 0]);
    cachedPage(system, missing);
    expect([...file.cache.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 5]);
  });

  it('is added once, clean', () => {
    const { system, file } = fresh(NEVER);
    const missing = { file, pgoff: 7, writePages: 0 };
    const pfn = cachedPage(system, missing);
    expect(cachedPage(system, missing)).toBe(pfn);
    expect(system.memmap.folioDirty(pfn ?? 0)).toBe(false);
    expect(system.memmap.isAnon(pfn ?? 0)).toBe(false);
  });
});
