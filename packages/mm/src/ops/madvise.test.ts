import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BackedFile } from '../file/backed-file.ts';
import {
  BASE,
  entryOf,
  mapAnon,
  present,
  RW,
  testMm,
  touch,
  vmaAt,
  vmaMap,
} from '../testing.fixture.ts';
import { VM_DONTCOPY, VM_HUGEPAGE, VM_MERGEABLE, VM_NOHUGEPAGE } from '../vma/flags.ts';
import { madvise } from './madvise.ts';
import { mlock } from './mlock.ts';
import { mmapFixed } from './mmap.ts';

const arch = arm64({ kernel: '7.2' });

describe('advice that changes flags', () => {
  it.each([
    ['DONTFORK', VM_DONTCOPY],
    ['HUGEPAGE', VM_HUGEPAGE],
    ['NOHUGEPAGE', VM_NOHUGEPAGE],
    ['MERGEABLE', VM_MERGEABLE],
  ] as const)('%s splits the VMA', (advice, flag) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 30);
    madvise(mm, BASE + 10, BASE + 20, advice);
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
    const set = [0, 10, 20].map((at) => (vmaAt(mm, BASE + at).flags & flag) !== 0);
    expect(set).toEqual([false, true, false]);
  });

  it('HUGEPAGE and NOHUGEPAGE exclude each other; DOFORK takes DONTFORK back', () => {
    const mm = testMm(arch);
    const vma = mapAnon(mm, BASE, BASE + 30);
    const has = (flag: number): boolean => (vma.flags & flag) !== 0;
    madvise(mm, BASE, BASE + 30, 'HUGEPAGE');
    madvise(mm, BASE, BASE + 30, 'NOHUGEPAGE');
    expect([has(VM_HUGEPAGE), has(VM_NOHUGEPAGE)]).toEqual([false, true]);
    madvise(mm, BASE, BASE + 30, 'DONTFORK');
    madvise(mm, BASE, BASE + 30, 'DOFORK');
    expect(has(VM_DONTCOPY)).toBe(false);
  });

  it('a huge page across the new boundary is split', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    madvise(mm, BASE + 256, BASE + 512, 'NORMAL');
    expect(mm.events.pmdSplits).toBe(0);
    madvise(mm, BASE + 256, BASE + 512, 'DONTFORK');
    expect(mm.events.pmdSplits).toBe(1);
  });
});

describe('VMAs that advice does not apply to', () => {
  it.each(['DONTNEED', 'FREE', 'COLD', 'GUARD_INSTALL'] as const)('%s: locked ones', (advice) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, BASE + 4);
    mlock(mm, BASE, BASE + 4);
    expect(madvise(mm, BASE, BASE + 4, advice)).toBe('EINVAL');
    expect(present(mm, BASE, BASE + 4)).toEqual([0, 1, 2, 3]);
  });

  it('FREE: files; what comes before them is done', () => {
    const mm = testMm(x86_64({ kernel: '6.18', softDirty: false }));
    const file = new BackedFile('f', { kind: 'tmpfs', huge: 'never' }, 4);
    mapAnon(mm, BASE, BASE + 4);
    mmapFixed(mm, { start: BASE + 4, nr: 4, prot: RW, shared: false, file, pgoff: 0 });
    touch(mm, BASE, BASE + 8);
    expect(madvise(mm, BASE, BASE + 8, 'FREE')).toBe('EINVAL');
    const dirty = [0, 4].map((at) => mm.system.arch.pteDirty(entryOf(mm, BASE + at).bits));
    expect(dirty).toEqual([false, true]);
  });
});
