import { PAGE_KIND, type PageKind } from '@ptelab/folio';
import { arm64, type KernelRelease } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { fork } from '../ops/fork.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { BASE, EXT4, pfnOf, RW, SHMEM, testMm, vmaAt, writtenMm } from '../testing.fixture.ts';
import type { VmFile } from '../vma/vma.ts';
import { NO_PAGE } from '../vm-normal-page.ts';
import { folioCanMapProtNuma, hugeFolioCanMapProtNuma } from './can-map.ts';

const REMOTE = 1;
const arm = arm64({ kernel: '7.2' });

/** Sixteen pages of one folio on the remote node. */
function remote(kernel: KernelRelease = '7.2'): AddressSpace {
  const mm = writtenMm(arm64({ kernel }), 64);
  mm.system.memmap.setNode(pfnOf(mm, BASE), 16, REMOTE);
  return mm;
}

function canMap(mm: AddressSpace): boolean {
  return folioCanMapProtNuma(mm, vmaAt(mm, BASE), pfnOf(mm, BASE));
}

function pin(mm: AddressSpace, pfn: number): void {
  const section = mm.system.memmap.ownSection(pfn);
  section.frames.pins[mm.system.memmap.folioHead(pfn) - section.base] = 1;
}

/** A shared mapping of one remote page of a file. */
function mapped(file: VmFile, kind: PageKind, kernel: KernelRelease = '7.2'): AddressSpace {
  const mm = testMm(arm64({ kernel }));
  mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared: true, file });
  mm.system.memmap.initFolio(0x100, 0, kind);
  mm.system.memmap.setNode(0x100, 1, REMOTE);
  return mm;
}

describe('the NUMA scanner takes access to', () => {
  it('private memory of another node only', () => {
    const mm = remote();
    expect(canMap(mm)).toBe(true);
    mm.system.numa.cpuNode = REMOTE;
    expect(canMap(mm)).toBe(false);
  });

  it('shared memory of any node', () => {
    const mm = mapped(SHMEM, PAGE_KIND.FILE);
    mm.system.numa.cpuNode = REMOTE;
    expect(folioCanMapProtNuma(mm, vmaAt(mm, BASE), 0x100)).toBe(true);
  });

  it('nothing without a struct page', () => {
    const mm = remote();
    expect(folioCanMapProtNuma(mm, vmaAt(mm, BASE), NO_PAGE)).toBe(false);
  });

  it('no page of KSM', () => {
    const mm = remote();
    const pfn = pfnOf(mm, BASE);
    mm.system.memmap.initFolio(pfn, 0, PAGE_KIND.KSM);
    expect(canMap(mm)).toBe(false);
  });

  it.each(['6.12', '7.2'] as const)('no memory that a child shares, in %s', (kernel) => {
    const mm = remote(kernel);
    fork(mm);
    expect(canMap(mm)).toBe(false);
  });

  it.each([
    ['6.18', false, true],
    ['6.19', false, false],
  ] as const)('in %s pinned memory: private %s, shared %s', (kernel, ofPrivate, ofShared) => {
    const mm = remote(kernel);
    pin(mm, pfnOf(mm, BASE));
    expect(canMap(mm)).toBe(ofPrivate);
    const shared = mapped(SHMEM, PAGE_KIND.FILE, kernel);
    pin(shared, 0x100);
    expect(folioCanMapProtNuma(shared, vmaAt(shared, BASE), 0x100)).toBe(ofShared);
  });

  it.each([
    ['ext4', EXT4, false],
    ['shmem', SHMEM, true],
  ] as const)('dirty pages of %s: %s', (_, file, expected) => {
    const mm = mapped(file, PAGE_KIND.FILE);
    const vma = vmaAt(mm, BASE);
    expect(folioCanMapProtNuma(mm, vma, 0x100)).toBe(true);
    mm.system.memmap.setFolioDirty(0x100, true);
    expect(folioCanMapProtNuma(mm, vma, 0x100)).toBe(expected);
  });
});

describe('tiering', () => {
  function accessTimes(mm: AddressSpace): number[] {
    const seen: number[] = [];
    mm.trace = (event): void => {
      if (event.fn === 'folio_xchg_access_time') seen.push(event.pfn);
    };
    expect(canMap(mm)).toBe(true);
    mm.trace = null;
    return seen;
  }

  it('without normal balancing fast memory is left alone', () => {
    const mm = remote();
    mm.system.numa.normal = false;
    mm.system.numa.tiering = true;
    expect(canMap(mm)).toBe(false);
    mm.system.numa.slowNodes.add(REMOTE);
    expect(canMap(mm)).toBe(true);
  });

  it('notes when slow memory was last seen', () => {
    const mm = remote();
    mm.system.numa.slowNodes.add(REMOTE);
    expect(accessTimes(mm)).toEqual([]);
    mm.system.numa.tiering = true;
    expect(accessTimes(mm)).toEqual([pfnOf(mm, BASE)]);
  });
});

describe('a huge page', () => {
  it.each([
    ['6.18', true],
    ['6.19', false],
  ] as const)('in %s on the CPU’s node: %s', (kernel, expected) => {
    const mm = writtenMm(arm64({ kernel }), 2048, 512);
    expect(hugeFolioCanMapProtNuma(mm, vmaAt(mm, BASE), 0x10000)).toBe(expected);
  });

  it('of zeroes never', () => {
    const mm = testMm(arm);
    mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared: false, file: null });
    expect(hugeFolioCanMapProtNuma(mm, vmaAt(mm, BASE), mm.system.hugeZeroPfn)).toBe(false);
  });
});
