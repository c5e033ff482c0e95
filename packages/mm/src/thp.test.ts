import { arm64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BASE } from './testing.fixture.ts';
import { ThpSettings } from './thp.ts';
import { VM_HUGEPAGE, VM_NOHUGEPAGE } from './vma/flags.ts';
import { Vma } from './vma/vma.ts';

const arch = arm64({ kernel: '7.3' });
const SIZES = [16, 32, 64, 128, 256, 512, 1024];

function settings(...kb: number[]): ThpSettings {
  const thp = new ThpSettings(arch);
  for (const size of kb) thp.set(size, 'always');
  return thp;
}

function vma(start: number, end: number, flags = 0): Vma {
  return new Vma({ start: BASE + start, end: BASE + end, pgoff: 0, flags });
}

describe('sizes', () => {
  it.each([4, 6, 24, 4096, 0, -16])('%i kB is none of a 4K machine', (kb) => {
    expect(() => {
      settings(kb);
    }).toThrow(new RangeError(`no transparent huge page size of ${kb} kB on this machine`));
  });

  it('go up to one leaf table', () => {
    expect(new ThpSettings(arch).pmdOrder).toBe(9);
    expect(new ThpSettings(arm64({ kernel: '7.3', granule: '16k' })).pmdOrder).toBe(11);
    const wide = new ThpSettings(arm64({ kernel: '7.3', granule: '64k' }));
    wide.set(2048, 'always');
    expect(wide.anonOrders(vma(0, 64), BASE)).toEqual([5]);
  });
});

describe('orders that a fault may try', () => {
  it('are the enabled ones, largest first, below the huge mapping', () => {
    expect(settings(64, 16, 2048).anonOrders(vma(0, 512), BASE + 5)).toEqual([4, 2]);
    expect(new ThpSettings(arch).anonOrders(vma(0, 512), BASE)).toEqual([]);
  });

  it('order 1 is never one of them, though it can be set', () => {
    expect(settings(8, 16).anonOrders(vma(0, 512), BASE)).toEqual([2]);
  });

  /**
   *      page   0    4    8    12   16   20   24   28   32
   *             |         |         |         |         |      blocks of 8 and 16
   *                  [        VMA 6..30          )
   */
  it.each([
    [6, []],
    [7, []],
    [8, [3, 2]],
    [15, [3, 2]],
    [16, [3, 2]],
    [27, [2]],
    [28, []],
  ])('page %i of a VMA [6, 30) has the orders %o: the block must lie inside', (at, orders) => {
    expect(settings(16, 32, 64).anonOrders(vma(6, 30), BASE + at)).toEqual(orders);
  });

  it.each([
    ['always', 0, true],
    ['madvise', 0, false],
    ['madvise', VM_HUGEPAGE, true],
    ['never', VM_HUGEPAGE, false],
    ['always', VM_NOHUGEPAGE, false],
    ['madvise', VM_NOHUGEPAGE, false],
  ] as const)('%s with VMA flags %i: %s', (enabled, flags, allowed) => {
    const thp = new ThpSettings(arch);
    for (const size of [...SIZES, 2048]) thp.set(size, enabled);
    const area = vma(0, 512, flags);
    expect(thp.anonOrders(area, BASE)).toEqual(allowed ? [8, 7, 6, 5, 4, 3, 2] : []);
    expect(thp.pmdAllowed(area, BASE)).toBe(allowed);
  });

  it.each([
    [0, 512, true],
    [0, 511, false],
    [1, 1024, false],
  ])('a huge page in a VMA [%i, %i): %s', (start, end, allowed) => {
    expect(settings(2048).pmdAllowed(vma(start, end), BASE + 100)).toBe(allowed);
  });
});
