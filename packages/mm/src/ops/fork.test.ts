import { PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, VM_SHARED, x86_64, type NonPresentKind } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  present,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
  where,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { executeOnlyPkey } from '../vma/execute-only.ts';
import { VM_LOCKED, VM_MIXEDMAP, VM_UFFD_WP } from '../vma/flags.ts';
import { exitMmap, fork } from './fork.ts';
import { madvise } from './madvise.ts';
import { mmapFixed } from './mmap.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;

describe('fork of written pages', () => {
  it.each([
    ['x86-64, single pages', x86, 4, '0x8400000010000825', '0x8400000010000805'],
    ['x86-64, 64K folio', x86, 64, '0x8400000010000825', '0x8400000010000805'],
    ['arm64, single pages', arm, 4, '0x00e0000010000fc3', '0x00e0000010000bc3'],
    ['arm64, 64K folio', arm, 64, '0x00f0000010000fc3', '0x00f0000010000bc3'],
  ])('%s: read-only on both sides, old in the child, exclusive to nobody', (_, arch, kb, p, c) => {
    const mm = writtenMm(arch, kb === 4 ? undefined : kb);
    const child = fork(mm);
    expect([hexOf(mm, BASE), hexOf(child, BASE)]).toEqual([p, c]);
    expect([writable(mm, BASE, END), writable(child, BASE, END)]).toEqual([[], []]);
    expect(exclusive(mm, BASE, END)).toEqual([]);
    const { memmap } = mm.system;
    const all = kb === 64 ? 32 : 2;
    expect([memmap.folioRefcount(0x10000), memmap.folioMapcount(0x10000)]).toEqual([all, all]);
  });

  it('the address space is flushed once', () => {
    for (const arch of [x86, arm]) {
      const mm = writtenMm(arch);
      fork(mm);
      expect(cost(mm)).toMatchObject({ flushCalls: 1, fullFlushes: 1 });
    }
  });

  it('a contiguous block stays folded on both sides', () => {
    const mm = writtenMm(arm, 64);
    const child = fork(mm);
    const folded = (of: AddressSpace): number[] =>
      where(of, BASE, END, (bits) => arm.pteValidCont(bits));
    expect([folded(mm), folded(child)]).toEqual([span(0, 16), span(0, 16)]);
    expect(mm.events).toMatchObject({ unfolds: 0, folds: 0 });
    expect(child.events).toMatchObject({ unfolds: 0, folds: 0, rawWrites: 16 });
  });

  it('one writable page write-protects the batch', () => {
    const mm = writtenMm(x86, 64);
    changeBits(mm, span(BASE, BASE + 15), (bits) => x86.pteWrprotect(bits));
    const child = fork(mm);
    expect(writable(mm, BASE, END)).toEqual([]);
    expect(writable(child, BASE, END)).toEqual([]);
    expect(mm.events.cmpxchg).toBe(16);
  });

  it('dirty and, if tracked, soft-dirty end a batch and are inherited', () => {
    const mm = writtenMm(x86, 64);
    changeVmaFlags(mm, BASE, END, { set: 0, clear: vmaAt(mm, BASE).flags & ~0x7fffff });
    changeBits(mm, [BASE + 3], (bits) => x86.pteMkclean(bits));
    changeBits(mm, [BASE + 7], (bits) => x86.pteClearSoftDirty(bits));
    const child = fork(mm);
    for (const of of [mm, child]) {
      const clean = where(of, BASE, END, (bits) => !x86.pteDirty(bits));
      const notSoft = where(of, BASE, END, (bits) => !x86.pteSoftDirty(bits));
      expect([clean, notSoft]).toEqual([[3], [7]]);
    }
  });

  it('the exit of the child leaves the pages to the parent', () => {
    const mm = writtenMm(arm, 64);
    const child = fork(mm);
    exitMmap(child);
    expect([child.vmas.all, child.pmd(BASE)]).toEqual([[], undefined]);
    const { memmap } = mm.system;
    expect([memmap.folioRefcount(0x10000), memmap.folioMapcount(0x10000)]).toEqual([16, 16]);
    expect(touch(mm, BASE, END)).toBe(16); // one fault each: kept, not copied
    expect(where(mm, BASE, END, (_, pfn) => pfn >= 0x10010)).toEqual([]);
    exitMmap(mm);
    expect(memmap.pageKind(0x10000)).toBe(PAGE_KIND.FREE);
  });
});

describe('what is copied', () => {
  it('the zero page: alone, uncounted', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, BASE + 4, 'read');
    touch(mm, BASE + 4);
    const child = fork(mm);
    expect(present(child, BASE, END)).toEqual(span(0, 5));
    expect(hexOf(child, BASE)).toBe('0x8000000000001205');
    expect(mm.system.memmap.folioRefcount(1)).toBe(1);
  });

  /**
   *      page   0        4                16
   *             [DONTFORK)[    copied     )      one 64K folio
   */
  it('not a VMA marked DONTFORK: its pages stay exclusive', () => {
    const mm = writtenMm(arm, 64);
    madvise(mm, BASE, BASE + 4, 'DONTFORK');
    const child = fork(mm);
    expect(vmaMap(child)).toEqual(['4-16']);
    expect(exclusive(mm, BASE, END)).toEqual(span(0, 4));
    expect(writable(mm, BASE, END)).toEqual(span(0, 4));
    expect(mm.system.memmap.folioMapcount(0x10000)).toBe(28);
  });

  it('not the entries of a VMA that never had an anonymous page', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, BASE + 4, 'read');
    const child = fork(mm);
    expect([vmaMap(child), present(child, BASE, END)]).toEqual([['0-16'], []]);
  });

  it('VMAs across several tables, with their holes', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, BASE + 1536);
    touch(mm, BASE + 3);
    touch(mm, BASE + 1530);
    const child = fork(mm);
    expect(present(child, BASE, BASE + 1536)).toEqual([3, 1530]);
    expect(child.pmd(BASE + 512)).toBeUndefined();
  });

  it('not locking; but keys, personality and limits', () => {
    const mm = writtenMm(x86);
    changeVmaFlags(mm, BASE, END, { set: VM_LOCKED, clear: 0 });
    executeOnlyPkey(mm);
    mm.pkeys.add(5);
    Object.assign(mm, { readImpliesExec: true, denyWriteExec: true });
    mm.limits.data = 77;
    const child = fork(mm);
    expect(vmaAt(child, BASE).flags & VM_LOCKED).toBe(0);
    expect([child.executeOnlyPkey, [...child.pkeys]]).toEqual([1, [0, 1, 5]]);
    expect([child.readImpliesExec, child.denyWriteExec, child.limits.data]).toEqual([
      true,
      true,
      77,
    ]);
    child.pkeys.add(6);
    expect(mm.pkeys.has(6)).toBe(false);
  });

  it.each([VM_UFFD_WP, 0])(
    'no uffd-wp mark: userfaultfd stays with the parent (flag %i)',
    (flag) => {
      const mm = writtenMm(arm);
      changeBits(mm, [BASE + 2], (bits) => arm.pteMkuffdWp(bits));
      changeVmaFlags(mm, BASE, END, { set: flag, clear: 0 });
      const child = fork(mm);
      const marked = (of: AddressSpace): number[] =>
        where(of, BASE, END, (bits) => arm.pteUffdWp(bits));
      expect([marked(mm), marked(child)]).toEqual([[2], []]);
    },
  );

  it('shared file pages: clean and old in the child, untouched in the parent', () => {
    const mm = testMm(x86);
    mmapFixed(mm, { start: BASE, nr: 4, prot: RW, shared: true, file: SHMEM });
    vmaAt(mm, BASE).flags |= VM_MIXEDMAP; // entries may not be faulted back
    mm.system.memmap.initFolio(0x8000, 2, PAGE_KIND.FILE);
    const pte = makePte();
    for (let i = 0; i < 4; i++) {
      x86.pfnPte(0x8000 + i, x86.vmGetPageProt(RW | VM_SHARED), pte);
      pte.bits = i === 1 ? pte.bits : x86.pteMkdirty(pte.bits);
      mm.allocTable(BASE).poke(i, pte);
    }
    const before = hexOf(mm, BASE);
    const child = fork(mm);
    expect([hexOf(mm, BASE), hexOf(child, BASE)]).toEqual([before, '0x8000000008000807']);
    expect(where(child, BASE, BASE + 4, (bits) => x86.pteDirty(bits))).toEqual([]);
    expect(mm.system.memmap.folioMapcount(0x8000)).toBe(4);
  });
});

describe('huge pages', () => {
  it.each([
    ['x86-64', x86, '0x84000000100008a5', '0x8400000010000885'],
    ['arm64', arm, '0x00e0000010000fc1', '0x00e0000010000bc1'],
  ])('%s: are shared as a whole', (_, arch, parent, inChild) => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    const child = fork(mm);
    expect([hexOf(mm, BASE), hexOf(child, BASE)]).toEqual([parent, inChild]);
    expect(mm.system.memmap.folioMapcount(0x10000)).toBe(2);
    exitMmap(child);
    expect(mm.system.memmap.folioRefcount(0x10000)).toBe(1);
  });

  function withHuge(pfn: number): AddressSpace {
    const mm = testMm(x86);
    const vma = mapAnon(mm, BASE, BASE + 512);
    const entry = makePte();
    x86.pfnPmd(pfn, vma.pageProt, entry);
    mm.setPmd(BASE, new HugePmd(BASE, entry));
    return mm;
  }

  it('the huge zero page is uncounted', () => {
    const mm = withHuge(512);
    vmaAt(mm, BASE).anonVma = { id: 9 };
    expect(entryOf(fork(mm), BASE).pfn).toBe(512);
    expect(mm.system.memmap.folioRefcount(512)).toBe(1);
  });

  it('those of files fault in again', () => {
    const mm = testMm(x86);
    mmapFixed(mm, { start: BASE, nr: 512, prot: RW, shared: true, file: SHMEM });
    mm.system.memmap.initFolio(0x8000, 9, PAGE_KIND.FILE);
    const entry = makePte();
    x86.pfnPmd(0x8000, vmaAt(mm, BASE).pageProt, entry);
    mm.setPmd(BASE, new HugePmd(BASE, entry));
    vmaAt(mm, BASE).flags |= VM_MIXEDMAP;
    expect(fork(mm).pmd(BASE)).toBeUndefined();
  });

  it.each(['migration-write', 'migration-read-exclusive', 'migration-read'] as const)(
    'a %s entry is shared: read on both sides, the marker in the parent only',
    (kind) => {
      const mm = withHuge(0x8000);
      vmaAt(mm, BASE).anonVma = { id: 9 };
      const state = { softDirty: true, uffdWp: true, exclusive: false };
      const { entry } = mm.pmd(BASE) as HugePmd;
      x86.encodeNonPresent({ kind, type: 0, offset: 0x8000, ...state }, entry);
      const child = fork(mm);
      const read = { kind: 'migration-read', offset: 0x8000, softDirty: true };
      expect(x86.decodeNonPresent(entryOf(mm, BASE))).toMatchObject({ ...read, uffdWp: true });
      expect(x86.decodeNonPresent(entryOf(child, BASE))).toMatchObject({ ...read, uffdWp: false });
    },
  );
});

describe('non-present entries', () => {
  function withEntry(kind: NonPresentKind): AddressSpace {
    const mm = writtenMm(x86);
    const pte = makePte();
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    x86.encodeNonPresent({ kind, type: 0, offset: 7, ...state }, pte);
    mm.allocTable(BASE).poke(3, pte);
    return mm;
  }
  const kindAt3 = (mm: AddressSpace): string => x86.decodeNonPresent(entryOf(mm, BASE + 3)).kind;

  it.each([
    ['hwpoison', 'hwpoison'],
    ['migration-read', 'migration-read'],
    ['migration-read-exclusive', 'migration-read'],
    ['migration-write', 'migration-read'],
  ] as const)('%s is %s on both sides', (kind, after) => {
    const mm = withEntry(kind);
    const child = fork(mm);
    expect([kindAt3(mm), kindAt3(child)]).toEqual([after, after]);
  });

  it('those of device memory are not modelled', () => {
    const mm = withEntry('device-private-write');
    expect(() => fork(mm)).toThrow('not modelled: fork of a device-private-write entry');
    expect(() => {
      exitMmap(mm);
    }).toThrow('not modelled: unmapping of a device-private-write entry');
  });
});
