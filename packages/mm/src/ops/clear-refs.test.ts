import { arm64, makePte, VM_WRITE, x86_64, type NonPresentEntry } from '@ptelab/pte';
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
  RO,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
  where,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_PFNMAP, VM_SOFTDIRTY } from '../vma/flags.ts';
import { clearRefsReferenced, clearRefsSoftDirty } from './clear-refs.ts';
import { mmapFixed } from './mmap.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const old = { x86: x86_64({ kernel: '6.12' }), arm: arm64({ kernel: '6.12' }) };
const END = BASE + 16;
const HEAD = 0x10000;

function pin(mm: AddressSpace, pfn: number): void {
  const section = mm.system.memmap.ownSection(pfn);
  section.frames.pins[pfn - section.base] = 1;
  mm.hasPinned = true;
}

function hugeEntry(mm: AddressSpace, entry: NonPresentEntry): void {
  const pte = makePte();
  mm.system.arch.encodeNonPresent(entry, pte);
  mm.setPmd(BASE, new HugePmd(BASE, pte));
}

describe('soft-dirty tracking starts afresh', () => {
  it.each([
    ['7.2, single pages', x86, undefined],
    ['7.2, 64K folio', x86, 64],
    ['6.12, 64K folio', old.x86, 64],
  ])('%s: write and soft-dirty go, accessed, dirty and exclusive stay', (_, arch, kb) => {
    const mm = writtenMm(arch, kb);
    changeBits(mm, [BASE + 1], (bits) => arch.pteMkold(bits));
    changeBits(mm, [BASE + 2], (bits) => arch.pteMkclean(bits));
    clearRefsSoftDirty(mm);
    expect(span(0, 4).map((i) => hexOf(mm, BASE + i))).toEqual([
      '0x8400000010000025',
      '0x8400000010001005', // old
      '0x8000000010002025', // clean
      '0x8400000010003025',
    ]);
    expect(exclusive(mm, BASE, END)).toEqual(span(0, 16));
  });

  it('one start and commit per entry, and one flush of the address space', () => {
    const mm = writtenMm(x86, 64);
    clearRefsSoftDirty(mm);
    expect(cost(mm)).toMatchObject({ batches: 16, commits: 16, flushCalls: 1, fullFlushes: 1 });
  });

  /**
   *      page   0          16         20
   *             [   anon   )[ shmem   )
   */
  it('every VMA is clean as a whole; the template of a shared one loses write', () => {
    const mm = writtenMm(x86);
    mmapFixed(mm, { start: END, nr: 4, prot: RW, shared: true, file: SHMEM });
    expect(x86.pteWrite(vmaAt(mm, END).pageProt)).toBe(true);
    clearRefsSoftDirty(mm);
    for (const vma of mm.vmas.all) {
      expect([vma.flags & VM_SOFTDIRTY, x86.pteWrite(vma.pageProt)]).toEqual([0, false]);
      expect(vma.flags & VM_WRITE).toBe(VM_WRITE);
    }
  });

  it('again: also where tracking was on before', () => {
    const mm = writtenMm(x86);
    clearRefsSoftDirty(mm);
    touch(mm, BASE, BASE + 4);
    expect(writable(mm, BASE, END)).toEqual(span(0, 4));
    clearRefsSoftDirty(mm);
    expect(writable(mm, BASE, END)).toEqual([]);
    expect(where(mm, BASE, END, (bits) => x86.pteSoftDirty(bits))).toEqual([]);
  });

  it('the next write is noticed: one fault, soft-dirty again', () => {
    const mm = writtenMm(x86);
    clearRefsSoftDirty(mm);
    expect([touch(mm, BASE), touch(mm, BASE)]).toEqual([1, 0]);
    expect(hexOf(mm, BASE)).toBe('0x8000000010000867');
  });

  it('empty entries stay empty; non-present ones lose soft-dirty only', () => {
    const mm = writtenMm(x86);
    const swap = { kind: 'swap', type: 3, offset: 0x1234, exclusive: true, uffdWp: true } as const;
    const pte = makePte();
    x86.encodeNonPresent({ ...swap, softDirty: true }, pte);
    mm.allocTable(BASE).poke(1, pte);
    mm.allocTable(BASE).poke(2, makePte());
    clearRefsSoftDirty(mm);
    expect(x86.decodeNonPresent(entryOf(mm, BASE + 1))).toEqual({ ...swap, softDirty: false });
    expect(hexOf(mm, BASE + 2)).toBe('0x0000000000000000');
  });

  it('a page that DMA may write stays as it is in a COW mapping, unless it is read-only', () => {
    const mm = writtenMm(x86);
    pin(mm, HEAD);
    pin(mm, HEAD + 1);
    changeBits(mm, [BASE + 1], (bits) => x86.pteWrprotect(bits));
    clearRefsSoftDirty(mm);
    expect(hexOf(mm, BASE)).toBe('0x8000000010000867');
    expect(hexOf(mm, BASE + 1)).toBe('0x8400000010001025');
  });

  it('pins of another process do not count', () => {
    const mm = writtenMm(x86);
    pin(mm, HEAD);
    mm.hasPinned = false;
    clearRefsSoftDirty(mm);
    expect(writable(mm, BASE, END)).toEqual([]);
  });

  it('writable zero pages do not count as pinned, nor do pages of shared mappings', () => {
    const mm = writtenMm(x86);
    const pte = makePte();
    x86.pfnPte(1, x86.pteMkwrite(x86.pteMkspecial(vmaAt(mm, BASE).pageProt)), pte);
    mm.allocTable(BASE).poke(0, pte);
    mmapFixed(mm, { start: END, nr: 1, prot: RW, shared: true, file: SHMEM });
    pin(mm, HEAD + 1);
    mm.allocTable(BASE).poke(16, entryOf(mm, BASE + 1));
    clearRefsSoftDirty(mm);
    expect([writable(mm, BASE, BASE + 17)]).toEqual([[1]]);
  });

  it('page frames without struct page are left alone', () => {
    const mm = writtenMm(x86);
    changeVmaFlags(mm, BASE + 8, END, { set: VM_PFNMAP, clear: 0 });
    clearRefsSoftDirty(mm);
    expect(writable(mm, BASE, END)).toEqual(span(8, 16));
  });
});

describe('soft-dirty and huge pages', () => {
  it('a huge page is changed as one', () => {
    const mm = testMm(x86, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    clearRefsSoftDirty(mm);
    expect(hexOf(mm, BASE)).toBe('0x84000000100000a5');
    expect([mm.events.pmdSplits, touch(mm, BASE + 7), hexOf(mm, BASE)]).toEqual([
      0,
      1,
      '0x80000000100008e7',
    ]);
  });

  it('a huge migration entry keeps its page, and loses soft-dirty', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, BASE + 512);
    const state = { type: 27, offset: 0x8000, uffdWp: true, exclusive: false };
    const entry = { kind: 'migration-write', softDirty: true, ...state } as const;
    hugeEntry(mm, entry);
    clearRefsSoftDirty(mm);
    expect(x86.decodeNonPresent(entryOf(mm, BASE))).toEqual({ ...entry, softDirty: false });
  });
});

it.each([arm, old.arm, x86_64({ kernel: '7.2', softDirty: false })])(
  '$name $kernel without soft-dirty: nothing happens at all',
  (arch) => {
    const mm = writtenMm(arch, 64);
    const before = [vmaAt(mm, BASE).flags, vmaAt(mm, BASE).pageProt, hexOf(mm, BASE + 3)];
    clearRefsSoftDirty(mm);
    expect([vmaAt(mm, BASE).flags, vmaAt(mm, BASE).pageProt, hexOf(mm, BASE + 3)]).toEqual(before);
    expect(cost(mm)).toEqual({});
  },
);

describe('all pages become old', () => {
  it.each([
    ['x86-64', x86, '0x8000000010003867', '0x8000000010003847'],
    ['arm64', arm, '0x00e8000010003f43', '0x00e8000010003b43'],
  ])('%s: only young goes; no flush', (_, arch, before, after) => {
    const mm = writtenMm(arch);
    expect(hexOf(mm, BASE + 3)).toBe(before);
    clearRefsReferenced(mm);
    expect(hexOf(mm, BASE + 3)).toBe(after);
    expect(cost(mm)).not.toHaveProperty('flushCalls');
  });

  it.each([arm, old.arm])('$name $kernel: a block is cleared whole, once per page', (arch) => {
    const mm = writtenMm(arch, 64);
    clearRefsReferenced(mm);
    expect(where(mm, BASE, END, (bits) => arch.pteYoung(bits))).toEqual([]);
    expect(where(mm, BASE, END, (bits) => arch.pteValidCont(bits))).toEqual(span(0, 16));
    expect(cost(mm)).toMatchObject({ cmpxchg: 16 * 16 });
  });

  /**
   *      page   0         4                   16
   *             [ PFNMAP  )[      anon        )      one contiguous block
   */
  it.each([
    [arm, []],
    [x86, span(0, 4)],
  ])('$name: of a block that is visited in part, %o stay young', (arch, young) => {
    const mm = writtenMm(arch, 64);
    changeVmaFlags(mm, BASE, BASE + 4, { set: VM_PFNMAP, clear: 0 });
    clearRefsReferenced(mm);
    expect(where(mm, BASE, END, (bits) => arch.pteYoung(bits))).toEqual(young);
  });

  it.each([x86, arm])('$name: the zero page and empty slots are skipped', (arch) => {
    const mm = testMm(arch);
    mapAnon(mm, BASE, END, RO);
    touch(mm, BASE, BASE + 1, 'read');
    cost(mm);
    clearRefsReferenced(mm);
    expect(arch.pteYoung(entryOf(mm, BASE).bits)).toBe(true);
    expect(cost(mm)).toEqual({ rawReads: 16, pageLookups: 1 });
  });

  it.each([
    ['x86-64', x86, '0x80000000100008c7'],
    ['arm64', arm, '0x00e8000010000b41'],
  ])('%s: a huge page as one, its migration entry not', (_, arch, entry) => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    clearRefsReferenced(mm);
    expect(hexOf(mm, BASE)).toBe(entry);
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    hugeEntry(mm, { kind: 'migration-read', type: 25, offset: 0x8000, ...state });
    const before = hexOf(mm, BASE);
    clearRefsReferenced(mm);
    expect(hexOf(mm, BASE)).toBe(before);
  });
});
