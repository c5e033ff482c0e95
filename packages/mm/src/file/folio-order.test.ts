import { arm64, x86_64, type KernelRelease } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BASE, testMm, vmaAt } from '../testing.fixture.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { BackedFile, type FileSystem } from './backed-file.ts';
import { VM_NOHUGEPAGE } from '../vma/flags.ts';
import { wantedOrder } from './folio-order.ts';
import { missingFolioOrders } from './page-cache.ts';

const EXT4_FS: FileSystem = { kind: 'ext4' };

function order(
  kernel: KernelRelease,
  fs: FileSystem,
  pages: number,
  pgoff: number,
  writePages: number,
): number {
  const { system } = testMm(x86_64({ kernel }));
  return wantedOrder(system, { file: new BackedFile('f', fs, pages), pgoff, writePages });
}

describe('ext4', () => {
  it.each<[KernelRelease, number, number, number]>([
    // release, page, pages of the write, order
    ['6.12', 0, 16, 0],
    ['6.16', 0, 16, 4],
    ['7.3', 0, 16, 4],
    ['7.3', 0, 17, 4],
    ['7.3', 0, 1024, 9],
    ['7.3', 8, 16, 3],
    ['7.3', 5, 16, 0],
    ['7.3', 0, 1, 0],
    ['7.3', 0, 0, 0],
  ])('%s: page %i, write of %i pages: order %i', (kernel, pgoff, writePages, expected) => {
    expect(order(kernel, EXT4_FS, 1024, pgoff, writePages)).toBe(expected);
  });
});

describe('tmpfs', () => {
  it.each<['always' | 'never' | 'within_size', KernelRelease, number, number, number]>([
    // huge=, release, pages of the file, page, order
    ['never', '7.3', 1024, 0, 0],
    ['always', '7.3', 4, 0, 9],
    ['within_size', '6.12', 1024, 600, 9],
    ['within_size', '6.12', 1000, 600, 0],
    ['within_size', '7.3', 1024, 600, 9],
    ['within_size', '7.3', 1000, 600, 8],
    ['within_size', '7.3', 1000, 990, 5],
    ['within_size', '7.3', 1000, 996, 3],
    ['within_size', '7.3', 1001, 1000, 0],
  ])('huge=%s, %s, %i pages: order of page %s is %i', (huge, kernel, pages, pgoff, expected) => {
    expect(order(kernel, { kind: 'tmpfs', huge }, pages, pgoff, 1)).toBe(expected);
  });
});

describe('shared anonymous memory', () => {
  const shared = (kb: number | null, vpn: number): number => {
    const mm = testMm(arm64({ kernel: '7.3' }));
    if (kb !== null) mm.system.shmemThp.set(kb, 'always');
    const file = new BackedFile('/dev/zero', { kind: 'shared-anonymous' }, 512);
    mmapFixed(mm, { start: BASE, nr: 512, prot: 3, shared: true, file });
    const fault = { vma: vmaAt(mm, BASE), vpn };
    return wantedOrder(mm.system, { file, pgoff: vpn - BASE, writePages: 0, fault });
  };

  it('takes the sizes that are enabled, and single pages without', () => {
    expect([shared(null, BASE), shared(64, BASE + 5), shared(2048, BASE + 5)]).toEqual([0, 4, 9]);
  });

  it('single pages where there is no fault, so no VMA to ask', () => {
    expect(order('7.3', { kind: 'shared-anonymous' }, 512, 0, 1)).toBe(0);
  });
});

it('a fault in shared anonymous memory looks at no size that is not enabled', () => {
  const mm = testMm(x86_64({ kernel: '6.18' }));
  mm.system.shmemThp.set(64, 'always');
  mm.system.shmemThp.set(16, 'always');
  const file = new BackedFile('/dev/zero', { kind: 'shared-anonymous' }, 64);
  mmapFixed(mm, { start: BASE, nr: 64, prot: 3, shared: true, file });
  const orders = (page: number): number[] => {
    const fault = { vma: vmaAt(mm, BASE), vpn: BASE + page };
    return missingFolioOrders(mm.system, { file, pgoff: page, writePages: 0, fault });
  };
  expect(orders(2)).toEqual([4, 2, 0]);
  file.cache.set(0, 1);
  expect([orders(2), orders(5), orders(16)]).toEqual([[0], [2, 0], [4, 2, 0]]);
});

describe('a fault in a tmpfs file', () => {
  it('gets single pages in a VMA that refuses huge ones', () => {
    const mm = testMm(x86_64({ kernel: '6.18' }));
    const file = new BackedFile('f', { kind: 'tmpfs', huge: 'always' }, 512);
    mmapFixed(mm, { start: BASE, nr: 512, prot: 3, shared: true, file });
    const vma = vmaAt(mm, BASE);
    vma.flags |= VM_NOHUGEPAGE;
    const fault = { vma, vpn: BASE };
    expect(wantedOrder(mm.system, { file, pgoff: 0, writePages: 0, fault })).toBe(0);
  });

  it.each<['always' | 'within_size', number, number, number, number, number]>([
    // huge=, pages of the file, first page of the VMA and its length, page, order
    ['always', 512, 0, 512, 4, 9],
    ['always', 96, 0, 96, 4, 0],
    ['always', 512, 0, 96, 4, 0],
    ['always', 512, 16, 496, 20, 0],
    ['within_size', 600, 0, 600, 4, 9],
    ['within_size', 600, 0, 600, 520, 0],
  ])('huge=%s, %i pages, VMA %i+%i: page %i gets order %i', (huge, pages, at, nr, page, wanted) => {
    const mm = testMm(x86_64({ kernel: '6.18' }));
    const file = new BackedFile('f', { kind: 'tmpfs', huge }, pages);
    mmapFixed(mm, { start: BASE + at, nr, prot: 3, shared: true, file, pgoff: at });
    const fault = { vma: vmaAt(mm, BASE + page), vpn: BASE + page };
    expect(wantedOrder(mm.system, { file, pgoff: page, writePages: 0, fault })).toBe(wanted);
  });
});
