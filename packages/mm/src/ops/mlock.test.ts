import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  changeBits,
  cost,
  exclusive,
  mapAnon,
  pfnOf,
  present,
  RO,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
  writable,
} from '../testing.fixture.ts';
import { VM_LOCKED } from '../vma/flags.ts';
import { fork } from './fork.ts';
import { mlock } from './mlock.ts';

describe.each([x86_64({ kernel: '7.2' }), arm64({ kernel: '7.2' })])('$name: mlock', (arch) => {
  /**
   *      page   0          4          8         12         16
   *             [   RW     )[  locked  )[   RW            )
   */
  it('marks the range, which becomes a VMA of its own, and brings its pages in', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 16);
    mlock(mm, BASE + 4, BASE + 8);
    expect(vmaMap(mm)).toEqual(['0-4', '4-8', '8-16']);
    expect(mm.vmas.all.map((vma) => (vma.flags & VM_LOCKED) !== 0)).toEqual([false, true, false]);
    expect(present(mm, BASE, BASE + 16)).toEqual(span(4, 8));
    expect(mm.events.faults).toBe(4);
  });

  it('by writing: the zero page and shared pages are replaced now', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 8);
    touch(mm, BASE, BASE + 2, 'read');
    touch(mm, BASE + 2, BASE + 4);
    fork(mm);
    mlock(mm, BASE, BASE + 8);
    expect([writable(mm, BASE, BASE + 8), exclusive(mm, BASE, BASE + 8)]).toEqual([
      span(0, 8),
      span(0, 8),
    ]);
  });

  it('a read-only VMA by reading', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4, RO);
    mlock(mm, BASE, BASE + 4);
    expect(span(0, 4).map((i) => pfnOf(mm, BASE + i))).toEqual([1, 1, 1, 1]);
    expect(vmaAt(mm, BASE).flags & VM_LOCKED).toBe(VM_LOCKED);
  });

  it('of several VMAs: each its own way, joined where alike', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4);
    mapAnon(mm, BASE + 4, BASE + 8, RO);
    mlock(mm, BASE + 2, BASE + 6);
    expect(vmaMap(mm)).toEqual(['0-2', '2-4', '4-6', '6-8']);
    expect(writable(mm, BASE, BASE + 16)).toEqual([2, 3]);
    mlock(mm, BASE, BASE + 2);
    expect(vmaMap(mm)).toEqual(['0-4', '4-6', '6-8']);
  });

  it('with a hole marks the VMAs before it, and brings nothing in', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4);
    mapAnon(mm, BASE + 12, BASE + 16);
    mlock(mm, BASE + 2, BASE + 14);
    expect(vmaMap(mm)).toEqual(['0-2', '2-4', '12-16']);
    expect(writable(mm, BASE, BASE + 16)).toEqual([]);
  });

  it('twice: pages that are there are looked up and left alone', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4);
    mlock(mm, BASE, BASE + 4);
    changeBits(mm, [BASE], (bits) => arch.pteMkold(bits));
    cost(mm);
    mlock(mm, BASE, BASE + 4);
    // What is locked is not locked again; only what is missing is brought in.
    expect(cost(mm)).toEqual({ rawReads: 4, pageLookups: 4 });
  });
});
