import { arm64, splitMigrationOffset, x86_64, type Arch, type NonPresentKind } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import { accessPage } from '../fault/access.ts';
import { BackedFile } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import { clearRefsSoftDirty } from '../ops/clear-refs.ts';
import { exitMmap, fork } from '../ops/fork.ts';
import { madvise } from '../ops/madvise.ts';
import { mmapFixed } from '../ops/mmap.ts';
import { mremapFixed } from '../ops/mremap.ts';
import { pin } from '../ops/pin.ts';
import { populateRange } from '../ops/populate.ts';
import {
  BASE,
  changeBits,
  cost,
  entryOf,
  exclusive,
  filledMm,
  hexOf,
  mapAnon,
  pfnOf,
  present,
  RW,
  span,
  testMm,
  touch,
  writable,
  writtenMm,
} from '../testing.fixture.ts';
import { migrateEnd } from './end.ts';
import { migrateStart } from './start.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const END = BASE + 16;
const HEAD = 0x10000;

function kindOf(mm: AddressSpace, vpn: number): NonPresentKind {
  return mm.system.arch.decodeNonPresent(entryOf(mm, vpn)).kind;
}

function offsetOf(mm: AddressSpace, vpn: number): ReturnType<typeof splitMigrationOffset> {
  const { arch } = mm.system;
  return splitMigrationOffset(arch.decodeNonPresent(entryOf(mm, vpn)).offset, arch.swapPfnBits);
}

function hugeMm(arch: Arch): AddressSpace {
  const mm = testMm(arch, { kb: [2048] });
  mapAnon(mm, BASE, BASE + 512);
  touch(mm, BASE);
  cost(mm);
  return mm;
}

describe('entries of pages on their way', () => {
  it.each([x86, arm])(
    '$name: say whether the page was writable, exclusive, young, dirty',
    (arch) => {
      const mm = writtenMm(arch);
      changeBits(mm, [BASE + 1, BASE + 2, BASE + 3], (bits) => arch.pteWrprotect(bits));
      changeBits(mm, [BASE + 2], (bits) => arch.pteMkold(bits));
      changeBits(mm, [BASE + 3], (bits) => arch.pteMkclean(bits));
      mm.system.memmap.setAnonExclusive(HEAD + 3, 1, false);
      expect(migrateStart(mm, BASE, BASE + 4)).toBe(4);
      expect(span(0, 4).map((i) => kindOf(mm, BASE + i))).toEqual([
        'migration-write',
        'migration-read-exclusive',
        'migration-read-exclusive',
        'migration-read',
      ]);
      expect(span(0, 4).map((i) => offsetOf(mm, BASE + i))).toEqual([
        { pfn: HEAD, young: true, dirty: true },
        { pfn: HEAD + 1, young: true, dirty: true },
        { pfn: HEAD + 2, young: false, dirty: true },
        { pfn: HEAD + 3, young: true, dirty: false },
      ]);
      expect(present(mm, BASE, END)).toEqual(span(4, 16));
      expect(mm.system.memmap.mapcount(HEAD)).toBe(0);
    },
  );

  it('as raw words', () => {
    const [a, b] = [writtenMm(x86, undefined, 1), writtenMm(arm, undefined, 1)];
    for (const mm of [a, b]) migrateStart(mm, BASE, BASE + 1);
    // Type 27, young and dirty in bits 34 and 35 (x86), 36 and 37 (arm64) of the offset.
    expect([hexOf(a, BASE), hexOf(b, BASE)]).toEqual(['0xdfffe7fffdfffe02', '0x00030000100006c0']);
  });

  it('one folio of 64K moves as a whole, from all address spaces', () => {
    const mm = writtenMm(arm, 64);
    const child = fork(mm);
    expect(migrateStart(mm, BASE + 3, BASE + 4)).toBe(1);
    expect([present(mm, BASE, END), present(child, BASE, END)]).toEqual([[], []]);
    migrateEnd(mm.system);
    expect(present(child, BASE, END)).toEqual(span(0, 16));
    expect(pfnOf(child, BASE + 3)).toBe(HEAD + 16 + 3);
    expect(mm.system.memmap.folioRefcount(HEAD + 16)).toBe(32);
  });

  it('of nothing but holes and zero pages nothing starts', () => {
    const mm = testMm(x86, { kb: [2048] });
    mapAnon(mm, BASE, BASE + 600);
    touch(mm, BASE, BASE + 1, 'read');
    touch(mm, BASE + 512, BASE + 513, 'read');
    expect(migrateStart(mm, BASE, BASE + 600)).toBe(0);
  });
});

describe('an access', () => {
  it.each(['read', 'write'] as const)('by %s waits, and counts one fault', (kind) => {
    const mm = writtenMm(x86, undefined, 1);
    migrateStart(mm, BASE, BASE + 1);
    const before = hexOf(mm, BASE);
    expect(accessPage(mm, BASE, kind)).toEqual({ faults: 1, signal: null, waits: 'migration' });
    expect(hexOf(mm, BASE)).toBe(before);
    migrateEnd(mm.system);
    expect(accessPage(mm, BASE, kind)).toEqual({ faults: 0, signal: null });
  });

  it('of a huge page waits, and so does populating', () => {
    const mm = hugeMm(x86);
    migrateStart(mm, BASE, BASE + 1);
    expect(accessPage(mm, BASE + 9, 'read').waits).toBe('migration');
    expect(() => populateRange(mm, BASE, BASE + 1, true)).toThrow('waits for migration');
  });
});

describe('the end', () => {
  it.each([x86, arm])('$name: all comes back, on new frames', (arch) => {
    const mm = filledMm(arch);
    changeBits(mm, [BASE + 1, BASE + 2], (bits) => arch.pteWrprotect(bits));
    mm.system.memmap.setAnonExclusive(HEAD + 2, 1, false);
    changeBits(mm, [BASE + 3], (bits) => arch.pteMkuffdWp(bits));
    changeBits(mm, [BASE + 4], (bits) => arch.pteMkold(bits));
    changeBits(mm, [BASE + 5], (bits) => arch.pteClearSoftDirty(bits));
    const before = span(0, 16).map((i) => entryOf(mm, BASE + i));
    const contents = span(0, 16).map((i) => mm.system.memmap.content(pfnOf(mm, BASE + i)));
    const [own, may] = [exclusive(mm, BASE, END), writable(mm, BASE, END)];
    migrateStart(mm, BASE, END);
    migrateEnd(mm.system);
    expect(span(0, 16).map((i) => pfnOf(mm, BASE + i))).toEqual(span(HEAD + 16, HEAD + 32));
    expect(span(0, 16).map((i) => entryOf(mm, BASE + i).bits)).toEqual(before.map((e) => e.bits));
    expect(span(0, 16).map((i) => mm.system.memmap.content(HEAD + 16 + i))).toEqual(contents);
    expect([exclusive(mm, BASE, END), writable(mm, BASE, END)]).toEqual([own, may]);
    expect(mm.system.memmap.pageKind(HEAD)).toBe(0);
  });

  it('an entry comes back dirty only if its folio still is', () => {
    const mm = writtenMm(x86, undefined, 1);
    migrateStart(mm, BASE, BASE + 1);
    mm.system.memmap.setFolioDirty(HEAD, false);
    migrateEnd(mm.system);
    expect(x86.pteDirty(entryOf(mm, BASE).bits)).toBe(false);
  });

  it.each([
    ['x86-64', x86, '0x8000000010200867'],
    ['arm64', arm, '0x00e8000010200f41'],
  ])('%s: of a huge page', (_, arch, entry) => {
    const mm = hugeMm(arch);
    const before = entryOf(mm, BASE).bits;
    migrateStart(mm, BASE, BASE + 1);
    expect([kindOf(mm, BASE), cost(mm).flushCalls]).toEqual(['migration-write', 1]);
    migrateEnd(mm.system);
    expect(entryOf(mm, BASE).bits).toBe(before);
    expect([pfnOf(mm, BASE), mm.system.memmap.anonExclusive(0x10200)]).toEqual([0x10200, true]);
    expect(entry.slice(-8, -4)).toBe('1020');
  });

  it('without memory a folio stays where it was', () => {
    const alloc = (order: number): number | null => (order === 0 ? (frames.shift() ?? null) : null);
    const frames = [HEAD];
    const mm = testMm(x86, { allocator: { alloc } });
    mapAnon(mm, BASE, BASE + 1);
    touch(mm, BASE);
    const before = hexOf(mm, BASE);
    migrateStart(mm, BASE, BASE + 1);
    migrateEnd(mm.system);
    expect([hexOf(mm, BASE), mm.system.memmap.folioRefcount(HEAD)]).toEqual([before, 1]);
  });

  it('after everybody has unmapped the page its frames are free', () => {
    const mm = writtenMm(x86, undefined, 1);
    migrateStart(mm, BASE, BASE + 1);
    madvise(mm, BASE, BASE + 1, 'DONTNEED');
    migrateEnd(mm.system);
    const { memmap } = mm.system;
    expect([memmap.pageKind(HEAD), memmap.pageKind(HEAD + 1)]).toEqual([0, 0]);
  });
});

describe('meanwhile', () => {
  it('fork shares: a write must copy on both sides', () => {
    const mm = writtenMm(x86, undefined, 1);
    migrateStart(mm, BASE, BASE + 1);
    const child = fork(mm);
    expect([kindOf(mm, BASE), kindOf(child, BASE)]).toEqual(['migration-read', 'migration-read']);
    migrateEnd(mm.system);
    expect([exclusive(mm, BASE, BASE + 1), writable(mm, BASE, BASE + 1)]).toEqual([[], []]);
    expect(mm.system.memmap.folioRefcount(pfnOf(child, BASE))).toBe(2);
    exitMmap(child);
  });

  it('a huge entry is split into one per page, and forked as a whole', () => {
    const mm = hugeMm(x86);
    migrateStart(mm, BASE, BASE + 1);
    const child = fork(mm);
    const pmd = mm.pmd(BASE);
    if (pmd instanceof HugePmd) splitHugePmd(mm, pmd);
    expect(offsetOf(mm, BASE + 511)).toEqual({ pfn: HEAD + 511, young: true, dirty: true });
    migrateEnd(mm.system);
    expect([pfnOf(mm, BASE + 511), pfnOf(child, BASE)]).toEqual([0x10200 + 511, 0x10200]);
    expect(mm.system.memmap.folioRefcount(0x10200)).toBe(513);
  });

  it('clear_refs takes soft-dirty from the entry', () => {
    const mm = writtenMm(x86, undefined, 1);
    migrateStart(mm, BASE, BASE + 1);
    clearRefsSoftDirty(mm);
    expect(x86.decodeNonPresent(entryOf(mm, BASE)).softDirty).toBe(false);
  });

  it('mremap moves the entry, munmap drops it', () => {
    const mm = writtenMm(x86, undefined, 2);
    migrateStart(mm, BASE, BASE + 2);
    mremapFixed(mm, BASE, 1, BASE + 0x1000);
    migrateEnd(mm.system);
    expect(pfnOf(mm, BASE + 0x1000)).toBe(HEAD + 2);
  });

  it('MADV_FREE leaves a huge one alone, DONTNEED drops it and records a flush', () => {
    const mm = hugeMm(x86);
    migrateStart(mm, BASE, BASE + 1);
    cost(mm);
    madvise(mm, BASE, BASE + 512, 'FREE');
    expect([cost(mm).pmdSplits, mm.pmd(BASE) instanceof HugePmd]).toEqual([undefined, true]);
    madvise(mm, BASE, BASE + 512, 'DONTNEED');
    expect([mm.pmd(BASE), cost(mm).flushRecords]).toEqual([undefined, 1]);
  });
});

describe('a pinned page', () => {
  it('stays where it is', () => {
    const mm = writtenMm(x86, undefined, 2);
    pin(mm, BASE, BASE + 1, 'write');
    const before = hexOf(mm, BASE);
    expect(migrateStart(mm, BASE, BASE + 2)).toBe(1);
    expect([hexOf(mm, BASE), mm.system.memmap.anonExclusive(HEAD)]).toEqual([before, true]);
    expect(mm.system.memmap.folioRefcount(HEAD)).toBe(1025);
  });

  it.each([x86, arm])('$name: of a folio whose first pages are shared, those come back', (arch) => {
    const mm = writtenMm(arch, 16, 4);
    pin(mm, BASE + 3, BASE + 4, 'write');
    mm.system.memmap.setAnonExclusive(HEAD, 2, false);
    changeBits(mm, [BASE, BASE + 1], (bits) => arch.pteWrprotect(bits));
    const before = span(0, 4).map((i) => hexOf(mm, BASE + i));
    expect(migrateStart(mm, BASE, BASE + 4)).toBe(0);
    expect(span(0, 4).map((i) => hexOf(mm, BASE + i))).toEqual(before);
    expect(exclusive(mm, BASE, BASE + 4)).toEqual([2, 3]);
    expect(mm.system.memmap.folioRefcount(HEAD)).toBe(5);
  });
});

describe('pages of files', () => {
  it.each([x86, arm])('$name: the page cache moves too', (arch) => {
    const mm = testMm(arch);
    const file = new BackedFile('/f', { kind: 'tmpfs', huge: 'never' }, 4);
    mmapFixed(mm, { start: BASE, nr: 4, prot: RW, shared: true, file });
    touch(mm, BASE, BASE + 4);
    const old = file.cache.get(2);
    migrateStart(mm, BASE, BASE + 4);
    expect(kindOf(mm, BASE + 2)).toBe('migration-write');
    migrateEnd(mm.system);
    expect(file.cache.get(2)).toBe(pfnOf(mm, BASE + 2));
    expect(file.cache.get(2)).not.toBe(old);
    expect(mm.system.memmap.folioRefcount(pfnOf(mm, BASE + 2))).toBe(2);
    expect(mm.system.memmap.pageKind(old ?? 0)).toBe(0);
  });

  it('a huge entry is only dropped by a split', () => {
    const mm = testMm(x86);
    const file = new BackedFile('/f', { kind: 'tmpfs', huge: 'always' }, 512);
    mmapFixed(mm, { start: BASE, nr: 512, prot: RW, shared: true, file });
    touch(mm, BASE);
    migrateStart(mm, BASE, BASE + 1);
    const pmd = mm.pmd(BASE);
    if (!(pmd instanceof HugePmd)) throw new RangeError('not huge');
    splitHugePmd(mm, pmd);
    expect(mm.pmd(BASE)).toBeUndefined();
  });
});
