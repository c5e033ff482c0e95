import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from './address-space.ts';
import { BackedFile } from './file/backed-file.ts';
import { fork } from './ops/fork.ts';
import { madvise } from './ops/madvise.ts';
import { mmapFixed } from './ops/mmap.ts';
import { swapoff } from './swap/swapoff.ts';
import { BASE, filledMm, mapAnon, pfnOf, RW, testMm, touch, writtenMm } from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

/** Ways to a new single page at the first page of the mapping. */
const NEW_PAGES: readonly (readonly [string, () => AddressSpace])[] = [
  ['a first write', () => writtenMm(x86, undefined, 1)],
  [
    'a copied page',
    () => {
      const mm = writtenMm(x86, undefined, 1);
      fork(mm);
      mm.system.lru.drain();
      touch(mm, BASE);
      return mm;
    },
  ],
  [
    'a copied page of a file',
    () => {
      const mm = testMm(x86);
      const file = new BackedFile('/f', { kind: 'tmpfs', huge: 'never' }, 1);
      mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared: false, file });
      touch(mm, BASE);
      return mm;
    },
  ],
  [
    'a page read back from swap',
    () => {
      const mm = filledMm(x86, undefined, 1);
      madvise(mm, BASE, BASE + 1, 'PAGEOUT');
      touch(mm, BASE, BASE + 1, 'read');
      return mm;
    },
  ],
  [
    'a page read back by swapoff',
    () => {
      const mm = filledMm(x86, undefined, 1);
      madvise(mm, BASE, BASE + 1, 'PAGEOUT');
      swapoff(mm.system);
      return mm;
    },
  ],
];

describe('a new anonymous page', () => {
  it.each(NEW_PAGES)('of %s waits in the batch of new folios, exclusive', (_, make) => {
    const mm = make();
    const pfn = pfnOf(mm, BASE);
    const { memmap, lru } = mm.system;
    expect(memmap.anonExclusive(pfn)).toBe(true);
    expect([memmap.folioRefcount(pfn), memmap.mapcount(pfn)]).toEqual([1, 1]);
    expect(lru.isOnLru(pfn)).toBe(false);
  });
});

describe('a large folio works the batch off', () => {
  it.each([
    ['a huge page', 2048, 512],
    ['a folio of 64K', 64, 16],
  ])('%s', (_, kb, nr) => {
    const mm = testMm(arm, { kb: [kb] });
    mapAnon(mm, BASE - 1, BASE + nr);
    touch(mm, BASE - 1);
    const single = pfnOf(mm, BASE - 1);
    expect(mm.system.lru.isOnLru(single)).toBe(false);
    touch(mm, BASE);
    expect(mm.system.lru.isOnLru(single)).toBe(true);
    expect(mm.system.lru.isOnLru(pfnOf(mm, BASE))).toBe(true);
  });
});
