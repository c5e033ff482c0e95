import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import { arm64, makePte, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import {
  BASE,
  changeBits,
  cost,
  exclusive,
  mapAnon,
  present,
  RW,
  SHMEM,
  span,
  testMm,
  touch,
  vmaAt,
  vmaMap,
  writtenMm,
} from '../testing.fixture.ts';
import { madvise } from './madvise.ts';
import { mmapFixed } from './mmap.ts';
import { munmap } from './munmap.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 32;

const written = (arch: Arch, kb?: number): AddressSpace => writtenMm(arch, kb, 32);

function refcount(mm: AddressSpace, pfn: number): number {
  return mm.system.memmap.folioRefcount(pfn);
}

describe('MADV_DONTNEED', () => {
  it.each([x86, arm])('$name: takes the entries and drops the pages; the VMA stays', (arch) => {
    const mm = written(arch);
    madvise(mm, BASE + 4, BASE + 8, 'DONTNEED');
    expect(present(mm, BASE, END)).toEqual([...span(0, 4), ...span(8, 32)]);
    expect([refcount(mm, 0x10003), refcount(mm, 0x10004)]).toEqual([1, 0]);
    expect(vmaMap(mm)).toEqual(['0-32']);
    expect(cost(mm)).toMatchObject({ flushCalls: 1 });
  });

  it('the rest of a large folio keeps its pages and stays exclusive', () => {
    const mm = written(arm, 64);
    madvise(mm, BASE + 4, BASE + 8, 'DONTNEED');
    expect(exclusive(mm, BASE, END)).toEqual([...span(0, 4), ...span(8, 32)]);
    expect(refcount(mm, 0x10000)).toBe(12);
    expect(mm.system.memmap.folioMapcount(0x10000)).toBe(12);
    madvise(mm, BASE, BASE + 16, 'DONTNEED');
    expect(mm.system.memmap.pageKind(0x10000)).toBe(PAGE_KIND.FREE);
  });

  it('whole folios go in batches, one flush record each', () => {
    const mm = written(x86, 64);
    madvise(mm, BASE, END, 'DONTNEED');
    expect(cost(mm)).toMatchObject({ flushRecords: 2, rawReads: 32, xchg: 32 });
  });

  it('arm64 flushes each VMA, x86-64 the hull', () => {
    for (const [arch, calls] of [
      [arm, 2],
      [x86, 1],
    ] as const) {
      const mm = written(arch);
      madvise(mm, BASE + 16, END, 'DONTFORK'); // two VMAs
      cost(mm);
      madvise(mm, BASE, END, 'DONTNEED');
      expect(mm.events.flushCalls).toBe(calls);
    }
  });

  it('zero pages and non-present entries just disappear', () => {
    const mm = testMm(x86);
    mapAnon(mm, BASE, END);
    touch(mm, BASE, BASE + 1, 'read');
    const pte = makePte();
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    x86.encodeNonPresent({ kind: 'hwpoison', type: 0, offset: 7, ...state }, pte);
    mm.allocTable(BASE).poke(1, pte);
    madvise(mm, BASE, END, 'DONTNEED');
    expect([refcount(mm, 1), mm.allocTable(BASE).bits.some((bits) => bits !== 0)]).toEqual([
      1,
      false,
    ]);
  });

  it.each([true, false])('a file page: dirty %s goes to the folio', (dirty) => {
    const mm = testMm(x86);
    mmapFixed(mm, { start: BASE, nr: 1, prot: RW, shared: true, file: SHMEM });
    const { memmap } = mm.system;
    memmap.initFolio(0x8000, 0, PAGE_KIND.FILE);
    memmap.folioRefAdd(0x8000, 1);
    const pte = makePte();
    x86.pfnPte(0x8000, vmaAt(mm, BASE).pageProt, pte);
    mm.allocTable(BASE).poke(0, pte);
    if (dirty) changeBits(mm, [BASE], (bits) => x86.pteMkdirty(bits));
    madvise(mm, BASE, BASE + 1, 'DONTNEED');
    const section = memmap.ownSection(0x8000);
    expect([
      refcount(mm, 0x8000),
      (section.frames.flags[0x8000 - section.base] ?? 0) & FOLIO_FLAG.DIRTY,
    ]).toEqual([1, dirty ? FOLIO_FLAG.DIRTY : 0]);
  });
});

describe('munmap', () => {
  it.each([
    ['the middle', 8, 16, ['0-8', '16-32']],
    ['the head', 0, 8, ['8-32']],
    ['all and more', -10, 50, []],
    ['a hole', 40, 50, ['0-32']],
  ])('%s', (_, from, to, after) => {
    const mm = written(arm, 64);
    expect(munmap(mm, BASE + from, BASE + to)).toBe('ok');
    expect(vmaMap(mm)).toEqual(after);
    const left = span(0, 32).filter((i) => i < from || i >= to);
    expect(present(mm, BASE, END)).toEqual(left);
  });

  it('of nothing is an error', () => {
    expect(munmap(written(arm), BASE + 5, BASE + 5)).toBe('EINVAL');
  });

  it('a hole in the middle needs room for one VMA more', () => {
    const mm = testMm(arm, { maxMapCount: 1 });
    mapAnon(mm, BASE, END);
    expect(munmap(mm, BASE + 8, BASE + 16)).toBe('ENOMEM');
    expect(vmaMap(mm)).toEqual(['0-32']);
  });

  it('one at either end does not', () => {
    const mm = testMm(arm, { maxMapCount: 1 });
    mapAnon(mm, BASE, END);
    expect(munmap(mm, BASE, BASE + 8)).toBe('ok');
    expect(munmap(mm, BASE + 24, END)).toBe('ok');
    expect(vmaMap(mm)).toEqual(['8-24']);
  });
});

describe('huge pages', () => {
  function huge(): AddressSpace {
    const mm = testMm(arm, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 1024);
    touch(mm, BASE);
    touch(mm, BASE + 512);
    cost(mm);
    return mm;
  }

  it('go as a whole, flushed at their own stride', () => {
    const mm = huge();
    madvise(mm, BASE, BASE + 1024, 'DONTNEED');
    expect([mm.pmd(BASE), mm.pmd(BASE + 512)]).toEqual([undefined, undefined]);
    expect(refcount(mm, 0x10000)).toBe(0);
    expect(cost(mm)).toMatchObject({ flushRecords: 2, flushCalls: 1 });
  });

  it('are split where only a part goes', () => {
    const mm = huge();
    madvise(mm, BASE + 100, BASE + 1024, 'DONTNEED');
    expect(mm.events.pmdSplits).toBe(1);
    expect(present(mm, BASE, BASE + 1024)).toEqual(span(0, 100));
    expect(refcount(mm, 0x10000)).toBe(100);
  });

  it('a migration entry is dropped, and its range flushed all the same', () => {
    const mm = huge();
    const state = { softDirty: false, uffdWp: false, exclusive: false };
    const pmd = mm.pmd(BASE);
    if (pmd === undefined || !('entry' in pmd)) throw new RangeError('not huge');
    arm.encodeNonPresent({ kind: 'migration-read', type: 0, offset: 0x10000, ...state }, pmd.entry);
    madvise(mm, BASE, BASE + 512, 'DONTNEED');
    expect([mm.pmd(BASE), mm.events.flushCalls]).toEqual([undefined, 1]);
  });

  it('the huge zero page is not counted', () => {
    const mm = huge();
    const pmd = mm.pmd(BASE);
    if (pmd === undefined || !('entry' in pmd)) throw new RangeError('not huge');
    arm.pfnPmd(512, vmaAt(mm, BASE).pageProt, pmd.entry);
    madvise(mm, BASE, BASE + 512, 'DONTNEED');
    expect(refcount(mm, 512)).toBe(1);
  });
});
