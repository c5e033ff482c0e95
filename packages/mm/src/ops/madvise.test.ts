import { arm64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BASE, mapAnon, testMm, touch, vmaAt, vmaMap } from '../testing.fixture.ts';
import { VM_DONTCOPY, VM_HUGEPAGE, VM_MERGEABLE, VM_NOHUGEPAGE } from '../vma/flags.ts';
import { madvise } from './madvise.ts';

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
