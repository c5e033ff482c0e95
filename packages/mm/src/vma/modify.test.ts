import { arm64, VM_READ, VM_WRITE, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BASE, EXT4, RO, RW, SHMEM, testMm, vmaMap } from '../testing.fixture.ts';
import { VM_PFNMAP, VM_SOFTDIRTY, VM_UFFD_WP } from './flags.ts';
import { splitVmaBeyondLimit, vmaModify, type VmaChange } from './modify.ts';
import { Vma, type VmaInit } from './vma.ts';

const arch: Arch = arm64({ kernel: '7.3' });

/** A VMA of a test: pages from {@link BASE}, by default anonymous with its own place as origin. */
type Part = Partial<Omit<VmaInit, 'start' | 'end'>> & { readonly range: readonly [number, number] };

function layout(parts: readonly Part[], machine = arch, maxMapCount = 65530): AddressSpace {
  const mm = testMm(machine, { maxMapCount });
  for (const { range, ...init } of parts) {
    const [start, end] = [BASE + range[0], BASE + range[1]];
    mm.vmas.insert(new Vma({ start, end, pgoff: start, flags: RW, ...init }));
  }
  return mm;
}

/** Changes pages [from, to) of the VMA that `from` is in, and stores the flags as callers do. */
function modify(mm: AddressSpace, from: number, to: number, change: VmaChange): Vma | 'ENOMEM' {
  const vma = mm.vmas.lookup(BASE + from);
  if (vma === undefined) throw new RangeError('no VMA');
  const result = vmaModify(mm, vma, BASE + from, BASE + to, change);
  if (result === 'ENOMEM') return result;
  result.vma.flags = result.flags;
  return result.vma;
}

describe('split', () => {
  it.each([
    ['the whole', 0, 30, ['0-30']],
    ['the head', 0, 10, ['0-10', '10-30']],
    ['the tail', 20, 30, ['0-20', '20-30']],
    ['the middle', 10, 20, ['0-10', '10-20', '20-30']],
  ])('%s of a VMA becomes one of its own', (_, from, to, after) => {
    const mm = layout([{ range: [0, 30], anonVma: { id: 9 }, file: SHMEM, pgoff: 100 }]);
    const own = modify(mm, from, to, { flags: RO });
    expect(vmaMap(mm)).toEqual(after);
    expect(own).toMatchObject({ start: BASE + from, end: BASE + to, pgoff: 100 + from, flags: RO });
    for (const vma of mm.vmas.all) {
      expect(vma.pgoff).toBe(100 + vma.start - BASE);
      expect(vma.anonVma).toEqual({ id: 9 });
      expect(vma.flags).toBe(vma === own ? RO : RW);
    }
  });

  it.each([
    [1, 'ENOMEM', ['0-30']],
    [2, 'ENOMEM', ['0-10', '10-30']],
    [3, 'ok', ['0-10', '10-20', '20-30']],
  ])(
    'with room for %i VMAs the middle gives %s; the first split stays',
    (limit, outcome, after) => {
      const mm = layout([{ range: [0, 30] }], arch, limit);
      const result = modify(mm, 10, 20, { flags: RO });
      expect(result === 'ENOMEM' ? result : 'ok').toBe(outcome);
      expect(vmaMap(mm)).toEqual(after);
    },
  );

  it('the existing object keeps the lower part', () => {
    const mm = layout([{ range: [0, 30] }]);
    const vma = mm.vmas.all[0];
    if (vma !== undefined) splitVmaBeyondLimit(mm, vma, BASE + 5);
    expect(vma?.end).toBe(BASE + 5);
  });
});

/**
 *      page  0         10         20         30
 *            [  RW     )[  RO     )[  RW     )     10..20 becomes RW
 */
const RW_RO_RW: readonly Part[] = [
  { range: [0, 10] },
  { range: [10, 20], flags: RO },
  { range: [20, 30] },
];

describe('merge', () => {
  it.each<[string, number, number, string[]]>([
    ['both sides', 10, 20, ['0-30']],
    ['into the previous, a part', 10, 15, ['0-15', '15-20', '20-30']],
    ['into the next, a part', 15, 20, ['0-10', '10-15', '15-30']],
    ['the middle of it touches nobody', 12, 15, ['0-10', '10-12', '12-15', '15-20', '20-30']],
  ])('%s', (_, from, to, after) => {
    const mm = layout(RW_RO_RW);
    const own = modify(mm, from, to, { flags: RW });
    expect(vmaMap(mm)).toEqual(after);
    expect(mm.vmas.lookup(BASE + from)).toBe(own);
    for (const vma of mm.vmas.all) expect(vma.pgoff).toBe(vma.start);
  });

  it('only left, then only right', () => {
    const left = layout(RW_RO_RW.slice(0, 2));
    modify(left, 10, 20, { flags: RW });
    expect(vmaMap(left)).toEqual(['0-20']);
    const right = layout(RW_RO_RW.slice(1));
    modify(right, 10, 20, { flags: RW });
    expect(vmaMap(right)).toEqual(['10-30']);
    expect(right.vmas.all[0]?.pgoff).toBe(BASE + 10);
  });

  it('needs no room in the VMA count', () => {
    const mm = layout(RW_RO_RW, arch, 3);
    expect(modify(mm, 10, 15, { flags: RW })).toMatchObject({ end: BASE + 15 });
  });

  it.each<[string, Partial<VmaInit>]>([
    ['a gap in the page offset', { pgoff: 0 }],
    ['other flags', { flags: RW | VM_UFFD_WP }],
    ['another file', { file: EXT4 }],
    ['another protection key', { pkey: 3 }],
    ['another userfaultfd', { uffd: 1 }],
    ['frames without struct page', { flags: RW | VM_PFNMAP }],
  ])('%s keeps VMAs apart on both sides', (_, different) => {
    const mm = layout([
      { range: [0, 10], ...different },
      { range: [10, 20], flags: RO },
      { range: [20, 30], ...different },
    ]);
    modify(mm, 10, 20, { flags: RW });
    expect(vmaMap(mm)).toEqual(['0-10', '10-20', '20-30']);
  });

  it('special mappings never merge, even with their like', () => {
    const mm = layout([
      { range: [0, 10], flags: RW | VM_PFNMAP },
      { range: [10, 20], flags: RO | VM_PFNMAP },
    ]);
    modify(mm, 10, 20, { flags: RW | VM_PFNMAP });
    expect(vmaMap(mm)).toEqual(['0-10', '10-20']);
  });

  it('a gap between VMAs keeps them apart', () => {
    const mm = layout([{ range: [0, 9] }, { range: [10, 20], flags: RO }, { range: [21, 30] }]);
    modify(mm, 10, 20, { flags: RW });
    expect(vmaMap(mm)).toEqual(['0-9', '10-20', '21-30']);
  });

  it('parts of one file merge when the file continues', () => {
    const mm = layout([
      { range: [0, 10], file: SHMEM, pgoff: 50 },
      { range: [10, 20], file: SHMEM, pgoff: 60, flags: RO },
    ]);
    modify(mm, 10, 20, { flags: RW });
    expect(vmaMap(mm)).toEqual(['0-20']);
  });

  it('the wanted key and userfaultfd count, not the old ones', () => {
    const mm = layout([
      { range: [0, 10], pkey: 2, uffd: 1 },
      { range: [10, 20] },
    ]); // prettier-ignore
    modify(mm, 10, 20, { flags: RW, pkey: 2, uffd: 1 });
    expect(vmaMap(mm)).toEqual(['0-20']);
  });
});

describe('anon_vma', () => {
  const [P, Q] = [{ id: 100 }, { id: 200 }];
  it.each([
    ['nobody has one', null, null, null, ['0-30'], null],
    ['all the same', P, P, P, ['0-30'], P],
    ['only the range', null, P, null, ['0-30'], P],
    ['only the previous', P, null, null, ['0-30'], P],
    ['only the next', null, null, P, ['0-30'], P],
    ['previous and next differ: the previous gets it', P, null, Q, ['0-20', '20-30'], P],
    ['the range differs from both', P, Q, P, ['0-10', '10-20', '20-30'], Q],
    ['the range agrees with the next', P, Q, Q, ['0-10', '10-30'], Q],
  ])('%s', (_, previous, own, next, after, merged) => {
    const mm = layout([
      { range: [0, 10], anonVma: previous },
      { range: [10, 20], anonVma: own, flags: RO },
      { range: [20, 30], anonVma: next },
    ]);
    expect(modify(mm, 10, 20, { flags: RW })).toMatchObject({ anonVma: merged });
    expect(vmaMap(mm)).toEqual(after);
  });
});

/**
 *      page  0          10         20
 *            [ A: RW, S )[ B: RO   )     S = VM_SOFTDIRTY; B becomes RW and joins A
 */
describe('VM_SOFTDIRTY of a merge', () => {
  const kernels = [
    ['6.12', 0],
    ['6.18', 0],
    ['6.19', VM_SOFTDIRTY],
    ['7.3', VM_SOFTDIRTY],
  ] as const;

  it.each(kernels)('%s: that of the neighbour becomes %i', (kernel, kept) => {
    const mm = layout(
      [{ range: [0, 10], flags: RW | VM_SOFTDIRTY }, { range: [10, 20], flags: RO }],
      x86_64({ kernel }),
    ); // prettier-ignore
    expect(modify(mm, 10, 20, { flags: RW })).toMatchObject({ flags: RW | kept });
    expect(vmaMap(mm)).toEqual(['0-20']);
  });

  it.each(kernels)('%s: that of the range always stays', (kernel) => {
    const mm = layout(
      [{ range: [0, 10] }, { range: [10, 20], flags: RO | VM_SOFTDIRTY }],
      x86_64({ kernel }),
    ); // prettier-ignore
    const flags = VM_READ | VM_WRITE | VM_SOFTDIRTY;
    expect(modify(mm, 10, 20, { flags })).toMatchObject({ flags });
  });

  it('6.19: that of the next stays too', () => {
    const mm = layout(
      [{ range: [0, 10], flags: RO }, { range: [10, 20], flags: RW | VM_SOFTDIRTY }],
      x86_64({ kernel: '6.19' }),
    ); // prettier-ignore
    expect(modify(mm, 0, 10, { flags: RW })).toMatchObject({ flags: RW | VM_SOFTDIRTY });
  });

  it('6.19: a neighbour that stays apart keeps its flag to itself', () => {
    const mm = layout(
      [
        { range: [0, 10], anonVma: { id: 100 } },
        { range: [10, 20], flags: RO },
        { range: [20, 30], anonVma: { id: 200 }, flags: RW | VM_SOFTDIRTY },
      ],
      x86_64({ kernel: '6.19' }),
    );
    expect(modify(mm, 10, 20, { flags: RW })).toMatchObject({ flags: RW });
    expect(vmaMap(mm)).toEqual(['0-20', '20-30']);
  });
});
