import { PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch, type NonPresentEntry } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { storeByte } from '../fault/access.ts';
import { flushTlbBatchedPending } from '../mmu-gather.ts';
import { fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import { munmap } from '../ops/munmap.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  hexOf,
  mapAnon,
  present,
  span,
  testMm,
  touch,
  vmaAt,
} from '../testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const OLD = [x86_64({ kernel: '6.12' }), arm64({ kernel: '6.12' })];
const END = BASE + 16;
const HEAD = 0x10000;

/** 16 pages, each with a byte of its own. */
function written(arch: Arch, kb?: number): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, END);
  for (const i of span(0, 16)) storeByte(mm, BASE + i, 0, i + 1);
  cost(mm);
  return mm;
}

function pageout(mm: AddressSpace, from = 0, to = 16): void {
  madvise(mm, BASE + from, BASE + to, 'PAGEOUT');
}

/** The swap entry of a page. */
function entry(mm: AddressSpace, i: number): NonPresentEntry {
  return mm.system.arch.decodeNonPresent(entryOf(mm, BASE + i));
}

function slots(mm: AddressSpace, from: number, to: number): number[] {
  return span(from, to).map((i) => entry(mm, i).offset);
}

describe('the swap entry of a page', () => {
  it.each([
    // slot 4; exclusive, and on x86-64 soft-dirty
    ['x86-64', x86, '0x07fffffffffff60a'],
    ['arm64', arm, '0x0000000000004004'],
  ])('%s', (_, arch, raw) => {
    const mm = written(arch);
    pageout(mm);
    expect([hexOf(mm, BASE + 3), entry(mm, 3).offset]).toEqual([raw, 4]);
  });

  it.each([x86, arm, ...OLD])('$name $kernel: remembers the state of the page', (arch) => {
    const mm = written(arch);
    changeBits(mm, [BASE + 1], (bits) => arch.pteMkuffdWp(bits));
    changeBits(mm, [BASE + 2], (bits) => arch.pteClearSoftDirty(bits));
    mm.system.memmap.setAnonExclusive(HEAD + 3, 1, false);
    pageout(mm);
    const usual = { kind: 'swap', type: 0, exclusive: true, uffdWp: false };
    const { softDirty } = arch;
    expect(span(0, 4).map((i) => entry(mm, i))).toEqual([
      { ...usual, offset: 1, softDirty },
      { ...usual, offset: 2, softDirty, uffdWp: true },
      { ...usual, offset: 3, softDirty: false },
      { ...usual, offset: 4, softDirty, exclusive: false },
    ]);
  });

  it('the content is in the slot, and the page is free', () => {
    const mm = written(x86);
    const { memmap, swap } = mm.system;
    const content = memmap.content(HEAD + 3);
    pageout(mm);
    expect([swap.read(4), swap.count(4), memmap.pageKind(HEAD + 3)]).toEqual([content, 1, 0]);
  });
});

describe('flushes', () => {
  it.each([
    [x86, { flushCalls: 16, invlpg: 16 }],
    [arm, { flushCalls: 16, tlbiOps: 16, dsb: 16 + 16 }], // 16 before the TLBIs, one for each folio
  ])('$0.name: one for each page; arm64 believes to owe one more', (arch, flushes) => {
    const mm = written(arch);
    pageout(mm);
    expect(cost(mm)).toMatchObject(flushes);
    expect(mm.tlbFlushBatched).toBe(arch === arm);
    flushTlbBatchedPending(mm);
    flushTlbBatchedPending(mm);
    expect(cost(mm).flushCalls ?? 0).toBe(arch === arm ? 1 : 0);
  });

  it('arm64: nothing reclaimed, nothing owed', () => {
    const mm = testMm(arm);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, END, 'read');
    pageout(mm);
    expect(mm.tlbFlushBatched).toBe(false);
  });
});

describe.each([x86, arm])('$name: a large folio', (arch) => {
  it('goes to consecutive slots, aligned to its size', () => {
    const mm = written(arch, 64);
    pageout(mm);
    expect(slots(mm, 0, 16)).toEqual(span(0x200, 0x210));
    expect(mm.system.memmap.pageKind(HEAD)).toBe(PAGE_KIND.FREE);
    expect(mm.events.unfolds).toBe(arch === arm ? 1 : 0);
  });

  /**
   *      page   0        4        8                16
   *             [  64K folio                        )
   *                      ^ advice ^
   */
  it('covered in part is split: only those pages go, to single slots', () => {
    const mm = written(arch, 64);
    pageout(mm, 4, 8);
    expect(present(mm, BASE, END)).toEqual([...span(0, 4), ...span(8, 16)]);
    expect(slots(mm, 4, 8)).toEqual(span(1, 5));
    expect(mm.system.memmap.folioOrder(HEAD)).toBe(0);
  });

  it('a huge page goes as a whole', () => {
    const mm = testMm(arch, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 512);
    touch(mm, BASE);
    madvise(mm, BASE, BASE + 512, 'PAGEOUT');
    expect(slots(mm, 0, 512)).toEqual(span(0x200, 0x400));
  });
});

describe('not reclaimed', () => {
  it.each([undefined, 64])('pages that a child shares (folios of %s KiB)', (kb) => {
    const mm = written(arm, kb);
    const child = fork(mm);
    pageout(mm);
    expect([present(mm, BASE, END), present(child, BASE, END)]).toEqual([span(0, 16), span(0, 16)]);
    expect(mm.tlbFlushBatched).toBe(false);
  });

  it('pages that DMA may use', () => {
    const mm = written(x86);
    const section = mm.system.memmap.ownSection(HEAD + 3);
    section.frames.pins[HEAD + 3 - section.base] = 1;
    pageout(mm);
    expect(present(mm, BASE, END)).toEqual([3]);
  });

  it('the zero page, and private file pages', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, BASE + 1, 'read');
    mm.system.memmap.initFolio(0x8000, 0, PAGE_KIND.FILE);
    const section = mm.system.memmap.ownSection(0x8000);
    section.frames.mapcount[0x8000 - section.base] = 1;
    const pte = makePte();
    x86.pfnPte(0x8000, vmaAt(mm, BASE).pageProt, pte);
    mm.allocTable(BASE).poke(1, pte);
    pageout(mm);
    expect(present(mm, BASE, END)).toEqual([0, 1]);
  });

  it('what is swapped out already', () => {
    const mm = written(x86);
    pageout(mm);
    const before = hexOf(mm, BASE + 3);
    pageout(mm);
    expect(hexOf(mm, BASE + 3)).toBe(before);
  });
});

describe.each([x86, arm])('$name: slots', (arch) => {
  it.each(['DONTNEED', 'munmap'])('are freed by %s', (how) => {
    const mm = written(arch);
    pageout(mm);
    if (how === 'munmap') munmap(mm, BASE, BASE + 4);
    else madvise(mm, BASE, BASE + 4, 'DONTNEED');
    expect(span(1, 7).map((slot) => mm.system.swap.count(slot))).toEqual([0, 0, 0, 0, 1, 1]);
    expect(arch.pteNone(entryOf(mm, BASE))).toBe(true);
  });

  it('are shared by fork, exclusive to nobody; soft-dirty is inherited, uffd-wp is not', () => {
    const mm = written(arch);
    changeBits(mm, [BASE], (bits) => arch.pteMkuffdWp(bits));
    pageout(mm);
    const child = fork(mm);
    const common = { kind: 'swap', offset: 1, exclusive: false, softDirty: arch.softDirty };
    expect(entry(mm, 0)).toMatchObject({ ...common, uffdWp: true });
    expect(entry(child, 0)).toMatchObject({ ...common, uffdWp: false });
    expect(mm.system.swap.count(1)).toBe(2);
    fork(mm); // no longer exclusive: the parent's entry stays
    expect([entry(mm, 0).exclusive, mm.system.swap.count(1)]).toEqual([false, 3]);
    munmap(child, BASE, END);
    expect(mm.system.swap.count(1)).toBe(2);
  });
});
