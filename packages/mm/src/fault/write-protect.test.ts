import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch, type KernelRelease } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch } from '../folio-pte-batch.ts';
import { exitMmap, fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import { mmapFixed } from '../ops/mmap.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  EXT4,
  hexOf,
  mapAnon,
  pfnOf,
  RO,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  writable,
} from '../testing.fixture.ts';
import { VM_UFFD_WP } from '../vma/flags.ts';
import { wakeUserfault } from '../vma/userfaultfd.ts';
import { accessPage } from './access.ts';
import { doWpPage } from './write-protect.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;

/** Sixteen written pages in folios of `kb`. */
function written(arch: Arch, kb?: number): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, END);
  touch(mm, BASE, END);
  return mm;
}

function wrprotect(mm: AddressSpace): void {
  changeBits(mm, span(BASE, END), (bits) => mm.system.arch.pteWrprotect(bits));
}

/** Lengths of the batches from the first entry to the last. */
function batches(mm: AddressSpace): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < 16;) {
    const pte = entryOf(mm, BASE + at);
    const nr = folioPteBatch(mm, mm.allocTable(BASE), at, pte, 16 - at, 0);
    lengths.push(nr);
    at += nr;
  }
  return lengths;
}

describe('an exclusive page', () => {
  it.each([
    ['x86-64', x86, '0x8000000010003867'],
    ['arm64', arm, '0x00e8000010003f43'],
  ])('%s: is kept, and becomes young, dirty and writable', (_, arch, entry) => {
    const mm = written(arch);
    changeBits(mm, [BASE + 3], (bits) => arch.pteMkold(arch.pteMkclean(arch.pteWrprotect(bits))));
    changeBits(mm, [BASE + 3], (bits) => arch.pteClearSoftDirty(bits));
    expect(touch(mm, BASE + 3)).toBe(1);
    expect(hexOf(mm, BASE + 3)).toBe(entry);
  });

  it('of a large folio too, in every release', () => {
    for (const kernel of ['6.12', '7.2'] as const) {
      const mm = written(arm64({ kernel }), 64);
      wrprotect(mm);
      expect(touch(mm, BASE + 3)).toBe(1);
      expect([pfnOf(mm, BASE + 3), writable(mm, BASE, END)]).toEqual([0x10003, [3]]);
    }
  });

  it('forced into a read-only VMA it becomes dirty but not writable', () => {
    const mm = written(x86);
    const vma = mapAnon(mm, BASE + 20, BASE + 21, RO);
    const table = mm.allocTable(BASE);
    x86.pfnPte(0x10003, vma.pageProt, entry);
    table.poke(20, entry);
    expect(doWpPage(mm, vma, table, 20, { ...entry })).toBe('ok');
    expect(hexOf(mm, BASE + 20)).toBe('0x8400000010003825');
  });
  const entry = makePte();
});

describe('a page that nobody else has any more', () => {
  it.each([x86, arm])('$name: a single page is kept and exclusive again', (arch) => {
    const mm = written(arch);
    exitMmap(fork(mm));
    expect(exclusive(mm, BASE, END)).toEqual([]);
    expect(touch(mm, BASE + 3)).toBe(1);
    expect([pfnOf(mm, BASE + 3), exclusive(mm, BASE, END)]).toEqual([0x10003, [3]]);
    expect(writable(mm, BASE, END)).toEqual([3]);
  });

  it.each<[KernelRelease, number, number[]]>([
    ['6.12', 0x10010, [5, 1, 10]],
    ['6.16', 0x10005, [16]],
    ['7.2', 0x10005, [16]],
  ])('%s: a page of a large folio ends on frame %i, batches %o', (kernel, pfn, after) => {
    for (const arch of [x86_64({ kernel }), arm64({ kernel })]) {
      const mm = written(arch, 64);
      exitMmap(fork(mm));
      expect(touch(mm, BASE + 5)).toBe(1);
      expect(pfnOf(mm, BASE + 5)).toBe(pfn);
      expect(exclusive(mm, BASE, END)).toEqual([5]); // this page only
      expect(batches(mm)).toEqual(after);
    }
  });
});

describe('a shared page is copied', () => {
  it.each([x86, arm])('$name: a fresh page, young, dirty, writable, exclusive', (arch) => {
    const mm = written(arch);
    const fresh = hexOf(mm, BASE);
    const child = fork(mm);
    expect(touch(mm, BASE + 3)).toBe(1);
    const copy = hexOf(mm, BASE + 3);
    expect(copy).toBe(fresh.replace('10000', '10010'));
    expect(exclusive(mm, BASE, END)).toEqual([3]);
    const { memmap } = mm.system;
    expect([memmap.folioRefcount(0x10003), memmap.folioMapcount(0x10003)]).toEqual([1, 1]);
    expect(touch(child, BASE + 3)).toBe(1); // the last one keeps the page
    expect(pfnOf(child, BASE + 3)).toBe(0x10003);
  });

  it('a copy in a large folio leaves batch boundaries on both sides', () => {
    const mm = written(x86, 64);
    const child = fork(mm);
    touch(mm, BASE + 5);
    expect(batches(mm)).toEqual([5, 1, 10]);
    expect(batches(child)).toEqual([16]);
    touch(child, BASE);
    expect(batches(child)).toEqual([1, 15]);
  });

  it('a large folio with a third, untracked mapper is not reused', () => {
    const mm = written(x86, 64);
    const [first, second] = [fork(mm), fork(mm)];
    exitMmap(first);
    touch(mm, BASE);
    expect(pfnOf(mm, BASE)).toBe(0x10010);
    exitMmap(second);
    touch(mm, BASE + 1);
    expect(pfnOf(mm, BASE + 1)).toBe(0x10001);
  });

  it('nor one with a reference beyond its mappings', () => {
    const mm = written(x86, 64);
    exitMmap(fork(mm));
    mm.system.memmap.folioRefAdd(0x10000, 1);
    touch(mm, BASE);
    expect(pfnOf(mm, BASE)).toBe(0x10010);
  });

  it('nor one of which a single page is left', () => {
    const mm = written(x86, 64);
    exitMmap(fork(mm));
    madvise(mm, BASE + 1, END, 'DONTNEED');
    touch(mm, BASE);
    expect(pfnOf(mm, BASE)).toBe(0x10010);
  });

  it.each([
    ['a KSM page', PAGE_KIND.KSM],
    ['a private file page', PAGE_KIND.FILE],
  ])('%s, even with one reference', (_, kind) => {
    const mm = written(x86);
    mm.system.memmap.initFolio(0x9000, 0, kind);
    const pte = makePte();
    x86.pfnPte(0x9000, x86.vmGetPageProt(RO), pte);
    mm.allocTable(BASE).poke(3, pte);
    expect(touch(mm, BASE + 3)).toBe(1);
    expect(pfnOf(mm, BASE + 3)).toBe(0x10010);
    expect(mm.system.memmap.pageKind(0x9000)).toBe(PAGE_KIND.FREE); // dropped
  });

  it('the zero page, which nobody drops', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, BASE + 1, 'read');
    expect(touch(mm, BASE)).toBe(1);
    expect(hexOf(mm, BASE)).toBe('0x00e8000010000f43');
    expect(mm.system.memmap.folioRefcount(1)).toBe(1);
  });

  it('without memory the process gets a SIGBUS and the entry stays', () => {
    const mm = written(x86);
    fork(mm);
    const before = hexOf(mm, BASE);
    Object.assign(mm.system, { allocator: { alloc: () => null } });
    expect(accessPage(mm, BASE, 'write')).toEqual({ faults: 0, signal: 'SIGBUS' });
    expect(hexOf(mm, BASE)).toBe(before);
  });
});

describe('a shared page', () => {
  it.each([SHMEM, EXT4])('of $name is written in place, and its folio becomes dirty', (file) => {
    const mm = testMm(x86);
    mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared: true, file });
    const { memmap } = mm.system;
    memmap.initFolio(0x9000, 0, PAGE_KIND.FILE);
    const pte = makePte();
    x86.pfnPte(0x9000, x86.vmGetPageProt(RO), pte);
    mm.allocTable(BASE).poke(0, pte);
    expect(touch(mm, BASE)).toBe(1);
    expect(hexOf(mm, BASE)).toBe('0x8000000009000867');
    const section = memmap.ownSection(0x9000);
    expect((section.frames.flags[0x9000 - section.base] ?? 0) & FOLIO_FLAG.DIRTY).toBe(
      FOLIO_FLAG.DIRTY,
    );
  });
});

describe('a page that a synchronous userfaultfd protects', () => {
  it('the write waits, the monitor hears of it, nothing changes', () => {
    const mm = written(x86);
    const vma = mm.vmas.all[0];
    if (vma) vma.flags |= VM_UFFD_WP;
    changeBits(mm, [BASE], (bits) => x86.pteMkuffdWp(bits));
    const before = hexOf(mm, BASE);
    cost(mm);
    expect(accessPage(mm, BASE, 'write')).toEqual({
      faults: 0,
      signal: null,
      waits: 'userfaultfd',
    });
    expect(mm.userfaultfdEvents).toEqual([{ uffd: 0, vpn: BASE }]);
    expect([hexOf(mm, BASE), cost(mm).faults]).toEqual([before, undefined]);
  });

  it('a read does not wait, and a wake-up elsewhere wakes nobody', () => {
    const mm = written(x86);
    const vma = mm.vmas.all[0];
    if (vma) vma.flags |= VM_UFFD_WP;
    changeBits(mm, [BASE], (bits) => x86.pteMkuffdWp(bits));
    expect(accessPage(mm, BASE, 'read').waits).toBeUndefined();
    accessPage(mm, BASE, 'write');
    wakeUserfault(mm, BASE + 1, BASE + 9);
    expect(mm.userfaultfdEvents).toHaveLength(1);
    wakeUserfault(mm, BASE, BASE + 1);
    expect(mm.userfaultfdEvents).toEqual([]);
  });
});
