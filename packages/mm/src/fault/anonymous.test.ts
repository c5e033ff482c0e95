import { scriptedAllocator, sequentialAllocator } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  changeBits,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  RO,
  span,
  testMm,
  touch,
  vmaAt,
  writable,
} from '../testing.fixture.ts';
import { accessPage } from './access.ts';
import { doAnonymousPage } from './anonymous.ts';

const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const arm = arm64({ kernel: '7.2' });

describe('a read of untouched memory', () => {
  it.each([
    ['x86-64', x86, '0x8000000000001225'],
    ['arm64', arm, '0x0160000000001fc3'],
  ])('%s maps the zero page: special, read-only, young, clean', (_, arch, entry) => {
    const mm = testMm(arch, { kb: [64] });
    mapAnon(mm, BASE, BASE + 64);
    expect(touch(mm, BASE + 3, BASE + 4, 'read')).toBe(1);
    expect(hexOf(mm, BASE + 3)).toBe(entry);
    expect(present(mm, BASE, BASE + 64)).toEqual([3]);
    expect(mm.system.memmap.folioRefcount(1)).toBe(1); // the zero page is not counted
  });

  it('works in a read-only VMA; a write there is refused', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 4, RO);
    expect(accessPage(mm, BASE, 'read')).toEqual({ faults: 1, signal: null });
    expect(accessPage(mm, BASE + 1, 'write')).toEqual({ faults: 0, signal: 'SIGSEGV' });
    expect(present(mm, BASE, BASE + 4)).toEqual([0]);
  });
});

describe('a write to untouched memory', () => {
  it.each<[string, Arch, number[], number, string]>([
    ['x86-64, one page', x86, [], 1, '0x8000000010000867'],
    ['x86-64 without soft-dirty', plain, [], 1, '0x8000000010000067'],
    ['x86-64, 64K folio', x86, [64], 16, '0x8000000010000867'],
    ['arm64, one page', arm, [], 1, '0x00e8000010000f43'],
    ['arm64, 32K folio', arm, [32], 8, '0x00e8000010000f43'],
    ['arm64, 64K folio: contiguous', arm, [64], 16, '0x00f8000010000f43'],
  ])('%s: the whole folio is young, dirty, writable, exclusive', (_, arch, kb, nr, first) => {
    const mm = testMm(arch, { kb });
    mapAnon(mm, BASE, BASE + 64);
    expect(touch(mm, BASE + nr - 1)).toBe(1);
    expect(hexOf(mm, BASE)).toBe(first);
    expect(exclusive(mm, BASE, BASE + 64)).toEqual(span(0, nr));
    for (let i = 0; i < nr; i++) {
      expect(pfnOf(mm, BASE + i)).toBe(0x10000 + i);
      expect(entryOf(mm, BASE + i).bits).toBe(entryOf(mm, BASE).bits);
    }
    const { memmap } = mm.system;
    expect([memmap.folioRefcount(0x10000), memmap.folioMapcount(0x10000)]).toEqual([nr, nr]);
    expect(vmaAt(mm, BASE).anonVma).not.toBeNull();
    expect(touch(mm, BASE, BASE + nr)).toBe(0);
  });

  it('forced into a read-only VMA, the page is clean and not writable', () => {
    const mm = testMm(x86);
    const vma = mapAnon(mm, BASE, BASE + 4, RO);
    expect(doAnonymousPage(mm, vma, BASE, mm.allocTable(BASE), true, false)).toBe('ok');
    expect(hexOf(mm, BASE)).toBe('0x8000000010000025');
    expect(exclusive(mm, BASE, BASE + 4)).toEqual([0]);
  });
});

/**
 *      page   0        16       24   28   32
 *             [  order 4      )[ 3  )[ 2 )      64 kB, 32 kB and 16 kB enabled, page 24 touched first
 */
describe('the size of the folio', () => {
  const kb = [16, 32, 64];

  it('the largest order whose whole block is still empty', () => {
    const mm = testMm(arm, { kb });
    mapAnon(mm, BASE, BASE + 32);
    // An entry in the block of 16 leaves a block of 8; one in that, a block of 4.
    changeBits(mm, [BASE + 24], () => 0x1);
    touch(mm, BASE + 16);
    expect(present(mm, BASE, BASE + 32)).toEqual([...span(16, 24), 24]);
    touch(mm, BASE + 28);
    expect(present(mm, BASE, BASE + 32)).toEqual([...span(16, 24), 24, ...span(28, 32)]);
    touch(mm, BASE + 25);
    expect(present(mm, BASE, BASE + 32)).toEqual([...span(16, 26), ...span(28, 32)]);
    touch(mm, BASE);
    expect(present(mm, BASE, BASE + 16)).toEqual(span(0, 16));
  });

  it('a block that the VMA cuts is not taken', () => {
    const mm = testMm(arm, { kb });
    mapAnon(mm, BASE + 4, BASE + 15);
    touch(mm, BASE + 8);
    expect(present(mm, BASE, BASE + 16)).toEqual(span(8, 12));
    touch(mm, BASE + 14);
    expect(present(mm, BASE, BASE + 16)).toEqual([...span(8, 12), 14]);
  });

  it.each([
    [[null], 8],
    [[null, null], 4],
    [[null, null, null], 1],
  ])('where memory is short, smaller: after %o, %i pages', (failures, nr) => {
    const script = failures.map((pfn, i) => ({ order: 4 - i, pfn }));
    const allocator = scriptedAllocator(script, sequentialAllocator());
    const mm = testMm(arm, { kb, allocator });
    mapAnon(mm, BASE, BASE + 16);
    touch(mm, BASE + 2);
    expect(present(mm, BASE, BASE + 16)).toHaveLength(nr);
  });

  it('no memory at all is a SIGBUS', () => {
    const mm = testMm(arm, { allocator: { alloc: () => null } });
    mapAnon(mm, BASE, BASE + 16);
    expect(accessPage(mm, BASE, 'write')).toEqual({ faults: 0, signal: 'SIGBUS' });
    expect(present(mm, BASE, BASE + 16)).toEqual([]);
  });

  it('userfaultfd wants single pages', () => {
    const mm = testMm(arm, { kb });
    mapAnon(mm, BASE, BASE + 16).uffd = 1;
    touch(mm, BASE);
    expect(present(mm, BASE, BASE + 16)).toEqual([0]);
  });

  it('a zero page in the block stands in the way, and is copied when written', () => {
    const mm = testMm(arm, { kb: [64] });
    mapAnon(mm, BASE, BASE + 16);
    touch(mm, BASE + 3, BASE + 4, 'read');
    expect(touch(mm, BASE + 8)).toBe(1);
    expect(writable(mm, BASE, BASE + 16)).toEqual([8]);
    expect(touch(mm, BASE + 3)).toBe(1);
    expect(writable(mm, BASE, BASE + 16)).toEqual([3, 8]);
  });

  it('other entries than the touched ones are not looked into the next table for', () => {
    const mm = testMm(arm, { kb: [64] });
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE + 511);
    touch(mm, BASE + 512);
    expect(present(mm, BASE, BASE + 1024)).toEqual(span(496, 528));
    expect(makePte()).toEqual(entryOf(mm, BASE));
  });
});
