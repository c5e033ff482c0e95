import { VM_SHARED, VM_WRITE } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { SHMEM } from '../testing.fixture.ts';
import { VM_MAYWRITE, VM_SOFTDIRTY, VM_UFFD_WP } from './flags.ts';
import {
  isCowMapping,
  isShared,
  userfaultfdWp,
  Vma,
  vmaIsAnonymous,
  vmaSoftDirtyEnabled,
  vmaWritable,
} from './vma.ts';

const vma = (flags: number): Vma => new Vma({ start: 10, end: 20, pgoff: 7, flags });

describe('a VMA', () => {
  it('is private, anonymous memory without key or userfaultfd unless told otherwise', () => {
    const { file, anonVma, pkey, uffd, pageProt } = vma(0);
    expect([file, anonVma, pkey, uffd, pageProt]).toEqual([null, null, 0, 0, 0]);
    expect(vmaIsAnonymous(vma(0))).toBe(true);
  });

  it('a part of it keeps everything but its range and page offset', () => {
    const init = { file: SHMEM, anonVma: { id: 3 }, pkey: 5, uffd: 2 };
    const whole = new Vma({ start: 10, end: 20, pgoff: 7, flags: VM_SHARED, ...init });
    whole.pageProt = 0x123;
    const part = whole.cloneRange(14, 16);
    expect(part).toEqual(
      Object.assign(whole.cloneRange(10, 20), { start: 14, end: 16, pgoff: 11 }),
    );
    expect([part.file, part.pkey, part.uffd, part.pageProt]).toEqual([SHMEM, 5, 2, 0x123]);
    expect(vmaIsAnonymous(part)).toBe(false);
  });

  it.each([
    [0, false],
    [VM_MAYWRITE, true],
    [VM_MAYWRITE | VM_SHARED, false],
    [VM_SHARED, false],
  ])('flags 0x%s: copy on write %s', (flags, cow) => {
    expect(isCowMapping(flags)).toBe(cow);
  });

  it('the flag predicates look at one flag each', () => {
    expect([isShared(vma(VM_SHARED)), isShared(vma(~VM_SHARED))]).toEqual([true, false]);
    expect([vmaWritable(vma(VM_WRITE)), vmaWritable(vma(~VM_WRITE))]).toEqual([true, false]);
    expect([userfaultfdWp(vma(VM_UFFD_WP)), userfaultfdWp(vma(~VM_UFFD_WP))]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    [true, 0, true],
    [true, VM_SOFTDIRTY, false],
    [false, 0, false],
    [false, VM_SOFTDIRTY, false],
  ])(
    'soft-dirty configured %s, VM_SOFTDIRTY %i: each page is tracked %s',
    (configured, flag, on) => {
      expect(vmaSoftDirtyEnabled(configured, vma(flag))).toBe(on);
    },
  );
});
