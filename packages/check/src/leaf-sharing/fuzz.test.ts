import { mprotect } from '@ptelab/mprotect';
import { AddressSpace, createSystem, LeafSharing, mmapFixed, touchPages } from '@ptelab/mm';
import { arm64, takeEvents, VM_READ, VM_WRITE } from '@ptelab/pte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compareSharing } from './compare.ts';
import { fuzzLeafSharing } from './fuzz.ts';
import { sharingStepText, type SharingStep } from './steps.ts';

const FILLED: readonly SharingStep[] = [
  { op: 'mmap', at: 0, pages: 2560, prot: 'rw', kind: 'anon' },
  { op: 'touch-pages', at: 0, pages: 2560, access: 'write' },
];
const CHANGED: readonly SharingStep[] = [
  ...FILLED,
  { op: 'mprotect', at: 0, pages: 2560, prot: 'r' },
  { op: 'mprotect', at: 0, pages: 2560, prot: 'rw' },
];
const ARM = { arch: 'arm64', kernel: '7.3' } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('shared leaf tables', () => {
  it('agree with plain ones on random stories', () => {
    expect(fuzzLeafSharing(60, 1)).toEqual({ seed: 1, stories: 60, difference: null });
  });

  it('agree on the plainest story', () => {
    expect(compareSharing(CHANGED, ARM, 'merged')).toBeNull();
  });

  it('agree on which new pages have reached the lists when large folios fill tables alike', () => {
    const steps: readonly SharingStep[] = [
      { op: 'thp', kb: 16, enabled: 'always' },
      ...FILLED,
      { op: 'mmap', at: 0, pages: 2560, prot: 'rw', kind: 'anon' },
      { op: 'read', at: 1024, pages: 512 },
      { op: 'touch-pages', at: 0, pages: 2560, access: 'write' },
    ];
    const rc1 = { arch: 'arm64', kernel: '6.17-rc1' } as const;
    expect(compareSharing(steps, rc1, 'merged')).toBeNull();
  });

  it('would be found out: a table that is given the state of another', () => {
    vi.spyOn(LeafSharing.prototype, 'note').mockImplementation((_, table) => {
      table.bits[7] = 0;
    });
    const unlike = [...CHANGED.slice(0, 1), { ...FILLED[1]!, pages: 700 }, ...CHANGED.slice(2)];
    expect(compareSharing(unlike as SharingStep[], ARM, 'merged')).toEqual({
      step: 3,
      what: 'the result',
    });
  });

  it('tell a touch of pages like an op line', () => {
    expect(FILLED.map(sharingStepText)).toEqual([
      'mmap 0 2560 rw anon',
      'touch-pages 0 2560 write',
    ]);
  });
});

describe('one tebibyte of single pages', () => {
  it('is filled and changed with exact counters', () => {
    const pages = 2 ** 28;
    const mm = new AddressSpace(createSystem(arm64({ kernel: '7.3' })));
    const prot = VM_READ | VM_WRITE;
    mmapFixed(mm, { start: 2 ** 32, nr: pages, prot, shared: false, file: null });
    expect(touchPages(mm, 2 ** 32, 2 ** 32 + pages, 'write')).toEqual({
      faults: pages,
      signal: null,
    });
    takeEvents(mm.events);
    const bytes = { start: 2 ** 44, length: pages * 4096 };
    expect(mprotect(mm, { ...bytes, prot: VM_READ })).toEqual({ error: null, pages });
    expect(takeEvents(mm.events)).toMatchObject({
      batches: pages,
      commits: pages,
      pageLookups: pages,
    });
    expect(mprotect(mm, { ...bytes, prot })).toEqual({ error: null, pages });
    expect(takeEvents(mm.events)).toMatchObject({ batches: pages, paeTests: pages });
  });
});
