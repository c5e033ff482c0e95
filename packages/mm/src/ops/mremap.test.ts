import { arm64, makePte, x86_64, type KernelRelease } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
  where,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { mremapFixed } from './mremap.ts';

const x86 = x86_64({ kernel: '7.2' });
/** Far from {@link BASE}, aligned to a contiguous block but not to a table. */
const TARGET = BASE + 0x8010;

function folded(mm: AddressSpace, start: number): number {
  return where(mm, start, start + 16, (bits) => mm.system.arch.pteValidCont(bits)).length;
}

describe('moving sixteen pages of a 64K folio', () => {
  it.each<[KernelRelease, number, number, number, number]>([
    ['6.12', 0, 1, 1, 16],
    ['6.12', 1, 1, 0, 0],
    ['6.17', 0, 0, 0, 16],
    ['6.17', 1, 0, 0, 0],
    ['7.3', 0, 0, 0, 16],
    ['7.3', 1, 0, 0, 0],
  ])(
    '%s, shifted by %i: %i unfolds, %i folds, %i contiguous',
    (kernel, shift, unfolds, folds, cont) => {
      const mm = writtenMm(arm64({ kernel }), 64);
      mremapFixed(mm, BASE, 16, TARGET + shift);
      expect(mm.events).toMatchObject({ unfolds, folds });
      expect(folded(mm, TARGET + shift)).toBe(cont);
      expect(present(mm, BASE, BASE + 16)).toEqual([]);
      expect(exclusive(mm, TARGET + shift, TARGET + shift + 16)).toEqual(span(0, 16));
      for (const i of span(0, 16)) expect(pfnOf(mm, TARGET + shift + i)).toBe(0x10000 + i);
      expect(mm.system.memmap.folioMapcount(0x10000)).toBe(16);
    },
  );

  it.each<[KernelRelease, number]>([
    ['6.12', 16],
    ['6.17-rc1', 32],
    ['6.17', 16],
    ['7.3', 16],
  ])('%s: a writable block before a read-only one: %i entries end writable', (kernel, expected) => {
    const mm = writtenMm(arm64({ kernel }), 128, 32);
    changeBits(mm, span(BASE + 16, BASE + 32), (bits) => mm.system.arch.pteWrprotect(bits));
    mremapFixed(mm, BASE, 32, TARGET);
    expect(writable(mm, TARGET, TARGET + 32)).toHaveLength(expected);
  });

  it('part of a block moves as a part', () => {
    const mm = writtenMm(arm64({ kernel: '7.3' }), 64);
    mremapFixed(mm, BASE + 4, 4, TARGET);
    expect([vmaMap(mm).slice(0, 2), present(mm, BASE, BASE + 16)]).toEqual([
      ['0-4', '8-16'],
      [...span(0, 4), ...span(8, 16)],
    ]);
    expect([folded(mm, BASE), folded(mm, TARGET)]).toEqual([0, 0]);
  });

  it('entries that are not contiguous move one by one, each with its own write bit', () => {
    const mm = writtenMm(x86, 64);
    changeBits(mm, span(BASE + 1, BASE + 16), (bits) => x86.pteWrprotect(bits));
    mremapFixed(mm, BASE, 16, TARGET);
    expect(writable(mm, TARGET, TARGET + 16)).toEqual([0]);
    expect(mm.events.xchg).toBe(16);
  });
});

describe('moving', () => {
  it('x86-64 marks what moved soft-dirty', () => {
    const mm = writtenMm(x86);
    changeBits(mm, span(BASE, BASE + 16), (bits) => x86.pteClearSoftDirty(bits));
    mremapFixed(mm, BASE, 16, TARGET);
    expect(hexOf(mm, TARGET)).toBe('0x8000000010000867');
  });

  it('flushes the old range once, if anything was there', () => {
    const mm = writtenMm(x86);
    mremapFixed(mm, BASE, 16, TARGET);
    expect(cost(mm)).toMatchObject({ flushCalls: 1, invlpg: 16 });
    mapAnon(mm, BASE, BASE + 16);
    mm.allocTable(BASE);
    mremapFixed(mm, BASE, 16, TARGET + 0x100);
    expect(mm.events.flushCalls).toBe(0);
  });

  /*
   *  page  0    4        12   16         pages 12 to 15 move down onto 4 to 7
   *        |  RW, one VMA     |
   */
  it('onto a part of the VMA that it comes from', () => {
    const mm = writtenMm(x86, 16);
    const pfns = span(12, 16).map((page) => pfnOf(mm, page));
    mremapFixed(mm, BASE + 12, 4, BASE + 4);
    expect(vmaMap(mm)).toEqual(['0-4', '4-8', '8-12']);
    expect(span(4, 8).map((page) => pfnOf(mm, page))).toEqual(pfns);
  });

  it('refuses places that overlap, before anything has changed', () => {
    const mm = writtenMm(x86, 16);
    expect(() => {
      mremapFixed(mm, BASE + 4, 8, BASE + 8);
    }).toThrow('overlap');
    expect(vmaMap(mm)).toEqual(['0-16']);
  });

  it('replaces the target, and keeps holes and zero pages', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 4);
    touch(mm, BASE, BASE + 1, 'read');
    touch(mm, BASE + 2);
    mapAnon(mm, TARGET, TARGET + 4);
    touch(mm, TARGET, TARGET + 4);
    mremapFixed(mm, BASE, 4, TARGET);
    expect(present(mm, TARGET, TARGET + 4)).toEqual([0, 2]);
    expect(hexOf(mm, TARGET)).toBe('0x8000000000001a25');
  });

  it('anonymous memory keeps its origin once it has pages', () => {
    const mm = writtenMm(x86);
    mremapFixed(mm, BASE, 16, TARGET);
    expect(vmaAt(mm, TARGET).pgoff).toBe(BASE);
    mapAnon(mm, BASE, BASE + 16);
    mremapFixed(mm, BASE, 16, TARGET + 0x100);
    expect(vmaAt(mm, TARGET + 0x100).pgoff).toBe(TARGET + 0x100);
  });

  it('crosses tables on either side', () => {
    const mm = writtenMm(x86, undefined, 1024);
    mremapFixed(mm, BASE + 300, 500, TARGET + 300);
    expect(present(mm, TARGET + 300, TARGET + 800)).toEqual(span(0, 500));
    for (const i of [0, 211, 212, 499]) {
      expect(pfnOf(mm, TARGET + 300 + i)).toBe(0x10000 + 300 + i);
    }
  });

  it('a huge page is split first', () => {
    const mm = testMm(x86, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    mremapFixed(mm, BASE, 512, TARGET);
    expect(mm.events.pmdSplits).toBe(1);
    expect(present(mm, TARGET, TARGET + 512)).toEqual(span(0, 512));
  });
});

describe('not modelled', () => {
  it('more than one VMA, or none', () => {
    const mm = writtenMm(x86);
    for (const start of [BASE + 8, BASE + 100]) {
      expect(() => {
        mremapFixed(mm, start, 16, TARGET);
      }).toThrow('not modelled: mremap of more than one VMA');
    }
  });

  it('whole page tables', () => {
    const mm = writtenMm(x86, undefined, 512);
    expect(() => {
      mremapFixed(mm, BASE, 512, BASE + 1024);
    }).toThrow('not modelled: mremap of whole page tables');
  });
});

it('non-present entries move too, and count as written at their new place', () => {
  const mm = writtenMm(x86);
  const pte = makePte();
  const state = { softDirty: false, uffdWp: false, exclusive: false };
  x86.encodeNonPresent({ kind: 'swap', type: 0, offset: 7, ...state }, pte);
  mm.allocTable(BASE).poke(3, pte);
  mremapFixed(mm, BASE, 16, TARGET);
  expect(x86.decodeNonPresent(entryOf(mm, TARGET + 3))).toMatchObject({
    kind: 'swap',
    offset: 7,
    softDirty: true,
  });
});

it('memory without pages continues its neighbour at the new place', () => {
  const mm = testMm(x86);
  mapAnon(mm, BASE, BASE + 32);
  mremapFixed(mm, BASE + 20, 4, TARGET);
  mremapFixed(mm, BASE + 4, 1, TARGET + 4);
  const at = TARGET - BASE;
  expect(vmaMap(mm)).toContain(`${at}-${at + 5}`);
});
