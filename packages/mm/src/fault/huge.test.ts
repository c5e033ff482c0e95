import { scriptedAllocator, sequentialAllocator } from '@ptelab/folio';
import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { exitMmap, fork } from '../ops/fork.ts';
import {
  BASE,
  cost,
  exclusive,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  span,
  testMm,
  touch,
  vmaAt,
  writable,
} from '../testing.fixture.ts';
import { VM_UFFD_WP } from '../vma/flags.ts';
import { accessPage } from './access.ts';

const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const arm = arm64({ kernel: '7.2' });

function huge(arch: Arch): AddressSpace {
  const mm = testMm(arch, { kb: [2048] });
  mapAnon(mm, BASE, BASE + 1024);
  touch(mm, BASE + 7);
  return mm;
}

describe('a write to an empty PMD', () => {
  it.each([
    ['x86-64', x86, '0x80000000100008e7'],
    ['x86-64 without soft-dirty', plain, '0x80000000100000e7'],
    ['arm64', arm, '0x00e8000010000f41'],
  ])('%s maps a huge page: young, dirty, writable, exclusive', (_, arch, entry) => {
    const mm = huge(arch);
    expect(hexOf(mm, BASE)).toBe(entry);
    expect(cost(mm)).toEqual({ faults: 1 });
    const { memmap } = mm.system;
    expect([memmap.folioRefcount(0x10000), memmap.folioMapcount(0x10000)]).toEqual([1, 1]);
    expect([0x10000, 0x10001].map((pfn) => memmap.anonExclusive(pfn))).toEqual([true, false]);
    expect(touch(mm, BASE, BASE + 512)).toBe(0);
    expect(mm.pmd(BASE + 512)).toBeUndefined();
  });

  it('falls back to smaller folios if there is no such page', () => {
    const allocator = scriptedAllocator([{ order: 9, pfn: null }], sequentialAllocator());
    const mm = testMm(arm, { kb: [2048, 16], allocator });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE + 8);
    expect(present(mm, BASE, BASE + 512)).toEqual([8, 9, 10, 11]);
  });

  it('not where the VMA does not hold it', () => {
    const mm = testMm(arm, { kb: [2048] });
    mapAnon(mm, BASE + 1, BASE + 512);
    touch(mm, BASE + 8);
    expect(present(mm, BASE, BASE + 512)).toEqual([8]);
  });

  it('also where userfaultfd write-protects, which keeps smaller folios away', () => {
    const mm = testMm(x86, { kb: [2048, 16] });
    const vma = mapAnon(mm, BASE, BASE + 516);
    vma.uffd = 1;
    vma.flags |= VM_UFFD_WP;
    touch(mm, BASE + 8);
    touch(mm, BASE + 512);
    expect(present(mm, BASE, BASE + 516)).toEqual(span(0, 513));
  });

  it('not where a table is already', () => {
    const mm = testMm(arm, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    mm.allocTable(BASE);
    touch(mm, BASE + 8);
    expect(present(mm, BASE, BASE + 512)).toEqual([8]);
  });

  it('a read maps the huge zero page read-only, by a special entry since 6.18', () => {
    for (const [kernel, raw] of [
      ['6.17', '0x0060000000200fc1'],
      ['6.18', '0x0160000000200fc1'],
    ] as const) {
      const mm = testMm(arm64({ kernel }), { kb: [2048] });
      mapAnon(mm, BASE, BASE + 512);
      touch(mm, BASE, BASE + 1, 'read');
      expect(hexOf(mm, BASE)).toBe(raw);
    }
  });
});

describe('a write to a write-protected huge page', () => {
  it.each([x86, arm])('$name: keeps an exclusive one', (arch) => {
    const mm = huge(arch);
    const before = hexOf(mm, BASE);
    const pmd = mm.pmd(BASE);
    if (pmd instanceof HugePmd) pmd.entry.bits = arch.pteWrprotect(pmd.entry.bits);
    expect(touch(mm, BASE + 100)).toBe(1);
    expect(hexOf(mm, BASE)).toBe(before);
  });

  it.each([x86, arm])('$name: splits a shared one and copies the page, in one fault', (arch) => {
    const mm = huge(arch);
    const child = fork(mm);
    cost(mm);
    expect(touch(mm, BASE + 100)).toBe(1); // the fault goes on at the level below
    expect(cost(mm)).toMatchObject({ pmdSplits: 1 });
    expect(writable(mm, BASE, BASE + 512)).toEqual([100]);
    expect(pfnOf(mm, BASE + 99)).toBe(0x10000 + 99);
    expect(exclusive(mm, BASE, BASE + 512)).toEqual([100]);
    expect(writable(child, BASE, BASE + 512)).toEqual([]);
  });

  it.each([x86, arm])('$name: keeps one that the other process has left', (arch) => {
    const mm = huge(arch);
    exitMmap(fork(mm));
    expect(mm.system.memmap.anonExclusive(0x10000)).toBe(false);
    expect(touch(mm, BASE + 100)).toBe(1);
    expect(mm.pmd(BASE)).toBeInstanceOf(HugePmd);
    expect(mm.system.memmap.anonExclusive(0x10000)).toBe(true);
  });

  it.each([
    ['synchronous: the write waits, the huge page stays', false],
    ['asynchronous: it is split, and the one page resolved', true],
  ])('under userfaultfd, %s', (_, wpAsync) => {
    const mm = huge(x86);
    mm.userfaultfds.set(7, { wpAsync, wpUnpopulated: wpAsync });
    vmaAt(mm, BASE).flags |= VM_UFFD_WP;
    vmaAt(mm, BASE).uffd = 7;
    const pmd = mm.pmd(BASE);
    if (pmd instanceof HugePmd) pmd.entry.bits = x86.pteMkuffdWp(pmd.entry.bits);
    const { waits } = accessPage(mm, BASE + 5, 'write');
    expect(waits).toBe(wpAsync ? undefined : 'userfaultfd');
    expect(mm.userfaultfdEvents).toEqual(wpAsync ? [] : [{ uffd: 7, vpn: BASE + 5 }]);
    expect(mm.pmd(BASE) instanceof HugePmd).toBe(!wpAsync);
    expect(writable(mm, BASE, BASE + 512)).toEqual(wpAsync ? [5] : []);
  });
});
