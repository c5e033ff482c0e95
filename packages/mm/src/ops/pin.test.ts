import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  RO,
  RW,
  span,
  testMm,
  touch,
  vmaAt,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { VM_UFFD_WP } from '../vma/flags.ts';
import { fork } from './fork.ts';
import { ksmScan } from './ksm.ts';
import { madvise } from './madvise.ts';
import { mmapFixed } from './mmap.ts';
import { pin, unpin } from './pin.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;
const HEAD = 0x10000;

function refs(mm: AddressSpace, pfn: number): [number, number] {
  const { memmap } = mm.system;
  return [memmap.folioRefcount(pfn), memmap.folioMapcount(pfn)];
}

describe('pinning for writing', () => {
  it.each([x86, arm])('$name: pages come in, and hold references', (arch) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, END);
    expect(pin(mm, BASE, BASE + 4, 'write')).toBe(4);
    expect(writable(mm, BASE, END)).toEqual(span(0, 4));
    expect(refs(mm, HEAD)).toEqual([1025, 1]);
    unpin(mm, BASE, BASE + 4);
    expect(refs(mm, HEAD)).toEqual([1, 1]);
  });

  it('breaks copy-on-write first', () => {
    const mm = writtenMm(x86);
    const child = fork(mm);
    pin(mm, BASE + 2, BASE + 3, 'write');
    expect(pfnOf(mm, BASE + 2)).not.toBe(pfnOf(child, BASE + 2));
    expect([exclusive(mm, BASE, END), writable(mm, BASE, END)]).toEqual([[2], [2]]);
  });

  it('of pages of a large folio counts pins one by one', () => {
    const mm = writtenMm(arm, 64);
    pin(mm, BASE, BASE + 3, 'write');
    expect(refs(mm, HEAD)).toEqual([19, 16]);
    unpin(mm, BASE, BASE + 2);
    expect(mm.system.memmap.folioMaybePinned(HEAD + 15)).toBe(true);
    unpin(mm, BASE + 2, BASE + 3);
    expect(mm.system.memmap.folioMaybePinned(HEAD)).toBe(false);
  });

  it('ends at the first page that can not be pinned', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 2);
    mapAnon(mm, BASE + 2, BASE + 4, RO);
    expect(pin(mm, BASE, BASE + 4, 'write')).toBe(2);
    expect(pin(mm, BASE + 2, BASE + 4, 'write')).toBe('EFAULT');
    expect(pin(mm, BASE + 100, BASE + 104, 'read')).toBe('EFAULT');
  });

  it.each([
    ['ext4', { kind: 'ext4' }, true, 'EFAULT'],
    ['ext4', { kind: 'ext4' }, false, 1],
    ['tmpfs', { kind: 'tmpfs', huge: 'never' }, true, 1],
  ] as const)('%s %o, shared: %s', (_, fs, shared, result) => {
    const mm = testMm(x86);
    const file = new BackedFile('/f', fs, 1);
    mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared, file });
    expect(pin(mm, BASE, BASE + 1, 'write')).toBe(result);
  });

  it('a page that waits for userfaultfd is not modelled', () => {
    const mm = writtenMm(x86);
    vmaAt(mm, BASE).flags |= VM_UFFD_WP;
    changeBits(mm, [BASE], (bits) => x86.pteMkuffdWp(bits));
    expect(() => pin(mm, BASE, BASE + 1, 'write')).toThrow('a pin that waits for userfaultfd');
  });
});

describe('pinning for reading', () => {
  it('takes an exclusive page as it is', () => {
    const mm = writtenMm(x86);
    changeBits(mm, [BASE], (bits) => x86.pteWrprotect(bits));
    const before = hexOf(mm, BASE);
    pin(mm, BASE, BASE + 1, 'read');
    expect([hexOf(mm, BASE), cost(mm).faults]).toEqual([before, undefined]);
  });

  it.each([
    ['x86-64', x86],
    ['arm64', arm],
  ])('%s: copies a shared page, which stays read-only and clean', (_, arch) => {
    const mm = writtenMm(arch);
    fork(mm);
    pin(mm, BASE, BASE + 1, 'read');
    expect([exclusive(mm, BASE, END), writable(mm, BASE, END)]).toEqual([[0], []]);
    const { bits } = entryOf(mm, BASE);
    expect([arch.pteDirty(bits), arch.pteSoftDirty(bits)]).toEqual([false, arch.softDirty]);
    expect(pfnOf(mm, BASE)).toBe(HEAD + 16);
  });

  it('keeps the marker of userfaultfd: it is no write', () => {
    const mm = writtenMm(x86);
    fork(mm);
    vmaAt(mm, BASE).flags |= VM_UFFD_WP;
    changeBits(mm, [BASE], (bits) => x86.pteMkuffdWp(bits));
    pin(mm, BASE, BASE + 1, 'read');
    expect([pfnOf(mm, BASE), x86.pteUffdWp(entryOf(mm, BASE).bits)]).toEqual([HEAD + 16, true]);
    expect(mm.userfaultfdEvents).toEqual([]);
  });

  it('replaces the zero page, and a page of a private file', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 1);
    const file = new BackedFile('/f', { kind: 'ext4' }, 1);
    mmapFixed(mm, { start: BASE + 1, nr: 1, prot: RW, shared: false, file });
    touch(mm, BASE, BASE + 2, 'read');
    expect(exclusive(mm, BASE, BASE + 2)).toEqual([]);
    pin(mm, BASE, BASE + 2, 'read');
    expect([exclusive(mm, BASE, BASE + 2), writable(mm, BASE, BASE + 2)]).toEqual([[0, 1], []]);
  });

  it('a shared huge page is split, and one page of it copied', () => {
    const mm = hugeMm(x86);
    fork(mm);
    pin(mm, BASE + 9, BASE + 10, 'read');
    expect([exclusive(mm, BASE, BASE + 512), writable(mm, BASE, BASE + 512)]).toEqual([[9], []]);
  });

  it('an exclusive huge page is pinned as it is', () => {
    const mm = hugeMm(x86);
    pin(mm, BASE + 9, BASE + 10, 'read');
    expect([mm.pmd(BASE) instanceof HugePmd, refs(mm, HEAD)]).toEqual([true, [2, 1]]);
  });
});

function hugeMm(arch: Arch): AddressSpace {
  const mm = testMm(arch, { kb: [2048] });
  mapAnon(mm, BASE, BASE + 512);
  touch(mm, BASE);
  cost(mm);
  return mm;
}

describe('fork of pinned pages', () => {
  it.each([x86, arm])('$name: the child gets a copy at once, the parent keeps its page', (arch) => {
    const mm = writtenMm(arch);
    pin(mm, BASE + 3, BASE + 4, 'write');
    const before = hexOf(mm, BASE + 3);
    const child = fork(mm);
    expect([exclusive(mm, BASE, END), writable(mm, BASE, END)]).toEqual([[3], [3]]);
    expect([exclusive(child, BASE, END), writable(child, BASE, END)]).toEqual([[3], [3]]);
    expect(hexOf(mm, BASE + 3)).toBe(before);
    expect([pfnOf(child, BASE + 3), pfnOf(child, BASE + 4)]).toEqual([HEAD + 16, HEAD + 4]);
    expect(arch.pteDirty(entryOf(child, BASE + 3).bits)).toBe(true);
  });

  it('of a large folio every exclusive page is copied, and the shared ones stay shared', () => {
    const mm = writtenMm(arm, 64);
    pin(mm, BASE, BASE + 1, 'write');
    mm.system.memmap.setAnonExclusive(HEAD + 4, 2, false);
    changeBits(mm, [BASE + 4, BASE + 5], (bits) => arm.pteWrprotect(bits));
    const child = fork(mm);
    const own = span(0, 16).filter((i) => i !== 4 && i !== 5);
    expect([exclusive(mm, BASE, END), exclusive(child, BASE, END)]).toEqual([own, own]);
    expect([pfnOf(child, BASE + 4), pfnOf(child, BASE + 5)]).toEqual([HEAD + 4, HEAD + 5]);
    expect(mm.system.memmap.mapcount(HEAD + 4)).toBe(2);
    expect(mm.system.memmap.mapcount(HEAD + 6)).toBe(1);
  });

  it('after the pins are gone pages are shared as ever', () => {
    const mm = writtenMm(arm, 64);
    pin(mm, BASE, BASE + 1, 'write');
    unpin(mm, BASE, BASE + 1);
    fork(mm);
    expect(exclusive(mm, BASE, END)).toEqual([]);
  });

  it('pins of another process do not matter', () => {
    const mm = writtenMm(x86, 64);
    const child = fork(mm);
    pin(mm, BASE, BASE + 1, 'write'); // copies page 0
    mm.system.memmap.folioPin(HEAD + 1);
    mm.system.memmap.setAnonExclusive(HEAD + 1, 1, true);
    fork(child);
    expect(mm.system.memmap.anonExclusive(HEAD + 1)).toBe(false);
  });

  it('a huge page is split, and all of its pages copied', () => {
    const mm = hugeMm(x86);
    pin(mm, BASE, BASE + 1, 'write');
    const child = fork(mm);
    expect(mm.events.pmdSplits).toBe(1);
    expect(writable(mm, BASE, BASE + 512)).toEqual(span(0, 512));
    expect(exclusive(child, BASE, BASE + 512)).toEqual(span(0, 512));
    expect(refs(mm, HEAD)).toEqual([513, 512]);
  });
});

describe('a pin stands in the way of', () => {
  it('KSM', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 3);
    touch(mm, BASE, BASE + 3);
    madvise(mm, BASE, BASE + 3, 'MERGEABLE');
    pin(mm, BASE, BASE + 1, 'write');
    ksmScan(mm.system, false);
    expect([exclusive(mm, BASE, BASE + 3), writable(mm, BASE, BASE + 3)]).toEqual([[0], [0]]);
  });

  it('reuse of a single page that others share', () => {
    const mm = writtenMm(x86);
    const child = fork(mm);
    pin(mm, BASE, BASE + 1, 'read'); // unshares: the pin is of the copy
    expect(touch(mm, BASE)).toBe(1);
    expect([pfnOf(mm, BASE), pfnOf(child, BASE)]).toEqual([HEAD + 16, HEAD]);
  });
});

it('unpinning gives back what was pinned, whatever is mapped there now', () => {
  const mm = writtenMm(x86);
  pin(mm, BASE, BASE + 1, 'write');
  madvise(mm, BASE, BASE + 1, 'DONTNEED');
  touch(mm, BASE);
  expect(refs(mm, HEAD)).toEqual([1024, 0]);
  unpin(mm, BASE, BASE + 1);
  expect(mm.system.memmap.pageKind(HEAD)).toBe(0);
  expect(() => {
    unpin(mm, BASE, BASE + 1);
  }).toThrow(RangeError);
});
