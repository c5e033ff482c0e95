import { arm64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { BASE, RO, RW, SHMEM, testMm } from '../testing.fixture.ts';
import { anonVmaPrepare } from './anon-vma.ts';
import { VM_LOCKED, VM_SOFTDIRTY } from './flags.ts';
import { Vma, type AnonVma, type VmaInit } from './vma.ts';

/**
 *      page  0         10        20        30
 *            [previous )[ vma    )[  next  )
 */
function prepared(around: Partial<VmaInit>, previous: AnonVma | null, next: AnonVma | null): Vma {
  const mm = testMm(arm64({ kernel: '7.3' }));
  const make = (at: number, init: Partial<VmaInit>): Vma => {
    const start = BASE + at;
    return new Vma({ start, end: start + 10, pgoff: start, flags: RW, ...init });
  };
  const vma = make(10, {});
  mm.vmas.insert(make(0, { ...around, anonVma: previous }));
  mm.vmas.insert(vma);
  mm.vmas.insert(make(20, { ...around, anonVma: next }));
  anonVmaPrepare(mm, vma);
  return vma;
}

describe('the anon_vma of a first page', () => {
  const [P, N] = [{ id: 100 }, { id: 200 }];

  it('is the next neighbour’s, else the previous one’s, else new', () => {
    expect(prepared({}, P, N).anonVma).toBe(N);
    expect(prepared({}, P, null).anonVma).toBe(P);
    expect(prepared({}, null, null).anonVma).not.toBeNull();
  });

  it('a neighbour that differs only in permissions or soft-dirty serves', () => {
    expect(prepared({ flags: RO | VM_SOFTDIRTY }, null, N).anonVma).toBe(N);
  });

  it.each<[string, Partial<VmaInit>]>([
    ['other flags', { flags: RW | VM_LOCKED }],
    ['another file', { file: SHMEM }],
    ['another origin', { pgoff: 5 }],
  ])('a neighbour with %s does not', (_, around) => {
    const { anonVma } = prepared(around, P, N);
    expect([null, P, N]).not.toContain(anonVma);
  });

  it('nor one at a distance', () => {
    const mm = testMm(arm64({ kernel: '7.3' }));
    const make = (start: number, anonVma: AnonVma | null): Vma =>
      new Vma({ start, end: start + 5, pgoff: start, flags: RW, anonVma });
    const vma = make(BASE, null);
    mm.vmas.insert(vma);
    mm.vmas.insert(make(BASE + 10, N));
    anonVmaPrepare(mm, vma);
    expect(vma.anonVma).not.toBe(N);
  });

  it('stays once it is there', () => {
    const mm = testMm(arm64({ kernel: '7.3' }));
    const own = { id: 300 };
    const vma = new Vma({ start: BASE, end: BASE + 5, pgoff: BASE, flags: RW, anonVma: own });
    mm.vmas.insert(vma);
    anonVmaPrepare(mm, vma);
    expect(vma.anonVma).toBe(own);
  });
});
