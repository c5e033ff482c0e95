import { arm64, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import {
  BASE,
  changeBits,
  entryOf,
  exclusive,
  filledMm,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  span,
  testMm,
  touch,
} from '../testing.fixture.ts';
import { swapoff } from './swapoff.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;
const HEAD = 0x10000;

/** 16 pages, each with a byte of its own, in swap. */
function swapped(arch: Arch, kb?: number): AddressSpace {
  const mm = filledMm(arch, kb);
  changeBits(mm, [BASE + 1], (bits) => arch.pteMkuffdWp(arch.pteClearSoftDirty(bits)));
  madvise(mm, BASE, END, 'PAGEOUT');
  return mm;
}

it.each([
  ['x86-64', x86, '0x8000000010010805', '0x8000000010011405'],
  ['arm64', arm, '0x0060000010010bc3', '0x0460000010011bc3'],
])('%s: pages come back old, clean and read-only, with their marks', (_, arch, first, second) => {
  const mm = swapped(arch);
  swapoff(mm.system);
  expect([hexOf(mm, BASE), hexOf(mm, BASE + 1)]).toEqual([first, second]);
  expect([present(mm, BASE, END), exclusive(mm, BASE, END)]).toEqual([span(0, 16), span(0, 16)]);
  expect(mm.events.faults).toBe(16); // those of the writes before
});

describe.each([x86, arm])('$name', (arch) => {
  it('contents come back, slots are free, an exclusive page becomes writable in place', () => {
    const mm = swapped(arch);
    const { memmap, swap } = mm.system;
    const contents = span(1, 17).map((slot) => swap.read(slot));
    swapoff(mm.system);
    expect(span(0, 16).map((i) => memmap.content(pfnOf(mm, BASE + i)))).toEqual(contents);
    expect(span(1, 17).map((slot) => swap.count(slot))).toEqual(Array(16).fill(0));
    const before = pfnOf(mm, BASE + 5);
    expect([touch(mm, BASE + 5), pfnOf(mm, BASE + 5)]).toEqual([1, before]);
  });

  it('a large folio comes back as single pages', () => {
    const mm = swapped(arch, 64);
    swapoff(mm.system);
    expect(mm.system.memmap.folioOrder(pfnOf(mm, BASE))).toBe(0);
    expect(pfnOf(mm, BASE + 15)).toBe(HEAD + 31);
  });

  it('of every address space; a page shared by fork is exclusive to nobody', () => {
    const mm = swapped(arch);
    const child = fork(mm);
    swapoff(mm.system);
    for (const of of [mm, child]) {
      expect([present(of, BASE, END), exclusive(of, BASE, END)]).toEqual([span(0, 16), []]);
    }
    expect(mm.system.swap.count(1)).toBe(0);
    const { memmap } = mm.system;
    expect(memmap.content(pfnOf(mm, BASE))).toBe(memmap.content(pfnOf(child, BASE)));
  });

  it('other entries stay: empty, present, markers', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, END);
    touch(mm, BASE);
    const state = { type: 0, softDirty: false, uffdWp: false, exclusive: false };
    const pte = makePte();
    arch.encodeNonPresent({ kind: 'marker', offset: 1, ...state }, pte);
    mm.allocTable(BASE).poke(1, pte);
    const before = hexOf(mm, BASE);
    swapoff(mm.system);
    expect([hexOf(mm, BASE), entryOf(mm, BASE + 1)]).toEqual([before, pte]);
    expect(present(mm, BASE, END)).toEqual([0]);
  });

  it('without memory, or without its VMA, an entry stays', () => {
    const mm = swapped(arch);
    const before = hexOf(mm, BASE);
    const vma = mm.vmas.all[0];
    if (vma) vma.end = BASE + 8;
    Object.assign(mm.system, { allocator: { alloc: () => null } });
    swapoff(mm.system);
    expect(hexOf(mm, BASE)).toBe(before);
    expect(mm.system.swap.count(1)).toBe(1);
  });
});
