import { arm64, VM_SHARED } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, mapAnon, RW, SHMEM, testMm, vmaAt, vmaMap } from '../testing.fixture.ts';
import { changeVmaFlags } from './change-flags.ts';
import { VM_LOCKED, VM_UFFD_WP } from './flags.ts';

const arch = arm64({ kernel: '7.3' });
const LOCK = { set: VM_LOCKED, clear: 0 };
const UNLOCK = { set: 0, clear: VM_LOCKED };

describe('a change of flags', () => {
  it('splits, and merges again when it is taken back', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 30);
    changeVmaFlags(mm, BASE + 10, BASE + 20, LOCK);
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
    changeVmaFlags(mm, BASE, BASE + 30, UNLOCK);
    expect(vmaMap(mm)).toEqual(['0-30']);
  });

  it('leaves VMAs alone that have the flags already', () => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 30);
    changeVmaFlags(mm, BASE + 10, BASE + 20, LOCK);
    const middle = vmaAt(mm, BASE + 10);
    changeVmaFlags(mm, BASE + 12, BASE + 15, LOCK);
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
    expect(vmaAt(mm, BASE + 12)).toBe(middle);
  });

  it('joins a userfaultfd and renews the template', () => {
    const mm = testMm(arch);
    mmapFixed(mm, { start: BASE, nr: 10, prot: RW, shared: true, file: SHMEM });
    expect(arch.pteWrite(vmaAt(mm, BASE).pageProt)).toBe(true);
    changeVmaFlags(mm, BASE, BASE + 10, { set: VM_UFFD_WP, clear: 0, uffd: 7 });
    const vma = vmaAt(mm, BASE);
    expect([vma.uffd, vma.flags & VM_UFFD_WP, vma.flags & VM_SHARED]).toEqual([
      7,
      VM_UFFD_WP,
      VM_SHARED,
    ]);
    expect(arch.pteWrite(vma.pageProt)).toBe(false);
  });

  it('stops where there is no room for another VMA', () => {
    const mm = testMm(arch, { maxMapCount: 1 });
    mapAnon(mm, BASE, BASE + 30);
    changeVmaFlags(mm, BASE, BASE + 10, LOCK);
    expect(vmaMap(mm)).toEqual(['0-30']);
    expect(vmaAt(mm, BASE).flags & VM_LOCKED).toBe(0);
  });
});
