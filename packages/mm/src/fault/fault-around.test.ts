import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile, type FileSystem } from '../file/backed-file.ts';
import { writeFile } from '../file/page-cache.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, present, RW, span, testMm, touch, vmaAt } from '../testing.fixture.ts';
import { fileFault } from './decide-file.ts';
import { eachRunAround, planFaultAround } from './fault-around.ts';

const NEVER: FileSystem = { kind: 'tmpfs', huge: 'never' };
const x86 = x86_64({ kernel: '7.3' });

interface Given {
  readonly arch?: Arch;
  readonly fs?: FileSystem;
  /** First page of the mapping, counted from {@link BASE}, and its length. */
  readonly at?: number;
  readonly nr?: number;
  readonly chunk?: number;
  readonly pgoff?: number;
  /** Pages of the file that are in the cache; all of them if absent. */
  readonly cached?: readonly [number, number];
}

function mapped({
  arch = x86,
  fs = NEVER,
  at = 0,
  nr = 64,
  chunk = 1,
  pgoff = 0,
  cached,
}: Given = {}): {
  mm: AddressSpace;
  window: (page: number) => [number, number] | null;
} {
  const mm = testMm(arch);
  const file = new BackedFile('f', fs, 1024);
  const [first, count] = cached ?? [0, nr];
  writeFile(mm.system, file, first, count, chunk);
  mmapFixed(mm, { start: BASE + at, nr, prot: RW, shared: true, file, pgoff });
  const window = (page: number): [number, number] | null => {
    const fault = fileFault(mm, vmaAt(mm, BASE + page), BASE + page, false, false);
    const plan = planFaultAround(fault);
    return plan === null ? null : [plan.first - BASE, plan.end - BASE];
  };
  return { mm, window };
}

describe('the window', () => {
  it.each([
    [0, [0, 16]],
    [15, [0, 16]],
    [16, [16, 32]],
    [63, [48, 64]],
  ])('of page %i is its block of 16 pages', (page, window) => {
    expect(mapped().window(page)).toEqual(window);
  });

  it('begins with the VMA, and is still 16 pages long', () => {
    expect(mapped({ at: 5 }).window(7)).toEqual([5, 21]);
  });

  it('ends with the VMA', () => {
    expect(mapped({ nr: 20 }).window(18)).toEqual([16, 20]);
  });

  it('ends with the page table', () => {
    const { window } = mapped({ at: 507, nr: 20 });
    expect(window(508)).toEqual([507, 512]);
    expect(window(513)).toEqual([512, 527]);
  });

  it('begins with the first page that the cache holds, and is null without any', () => {
    expect(mapped({ cached: [9, 3] }).window(2)).toEqual([9, 16]);
    expect(mapped({ cached: [32, 3] }).window(2)).toBeNull();
  });
});

describe('a large folio', () => {
  const ext4: FileSystem = { kind: 'ext4' };

  it.each([
    ['6.16', span(32, 48)],
    ['6.17', span(32, 48)],
    ['6.18', span(32, 64)],
    ['7.3', span(32, 64)],
  ] as const)('%s: what a read fault maps of 32 pages of one folio', (kernel, pages) => {
    const { mm } = mapped({ arch: arm64({ kernel }), fs: ext4, chunk: 32 });
    touch(mm, BASE + 40, BASE + 41, 'read');
    expect(present(mm, BASE, BASE + 64)).toEqual(pages);
  });

  it.each([
    ['without a page table', [BASE + 1020], span(992, 1024)],
    ['with one', [BASE + 512, BASE + 1020], [...span(512, 544), ...span(1008, 1024)]],
  ])('at the end of the file is mapped as a whole only %s', (_, touched, pages) => {
    const { mm } = mapped({ fs: ext4, nr: 1024, chunk: 32 });
    for (const vpn of touched) touch(mm, vpn, vpn + 1, 'read');
    expect(present(mm, BASE, BASE + 1024)).toEqual(pages);
  });

  it('that the window holds the first pages of is mapped as a whole, the first one is not', () => {
    const { mm } = mapped({ fs: ext4, at: 20, nr: 172, pgoff: 20, chunk: 16, cached: [0, 192] });
    touch(mm, BASE + 20, BASE + 21, 'read');
    expect(present(mm, BASE, BASE + 192)).toEqual(span(20, 48));
  });

  it('that does not fit into the VMA is mapped as far as the 16 pages go', () => {
    expect(mapped({ fs: ext4, nr: 48, chunk: 32, cached: [0, 64] }).window(40)).toEqual([32, 48]);
  });
});

it('runs end with a folio, at a slot in use, and at what is not cached', () => {
  const { mm } = mapped({ fs: { kind: 'ext4' }, chunk: 4, cached: [0, 12] });
  const fault = fileFault(mm, vmaAt(mm, BASE), BASE, false, false);
  const around = planFaultAround(fault) ?? expect.unreachable();
  const runs: number[][] = [];
  eachRunAround(
    fault,
    around,
    (page) => page !== BASE + 6,
    (page, _pfn, nr) => runs.push([page - BASE, nr]),
  );
  expect(runs).toEqual([
    [0, 4],
    [4, 2],
    [7, 1],
    [8, 4],
  ]);
});

it('a fault maps what the window holds, and not what is mapped already', () => {
  const { mm } = mapped({ cached: [4, 10] });
  touch(mm, BASE + 8, BASE + 9, 'read');
  expect(present(mm, BASE, BASE + 64)).toEqual(span(4, 14));
  expect(touch(mm, BASE + 4, BASE + 14, 'read')).toBe(0);
});
