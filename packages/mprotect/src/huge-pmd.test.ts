import { HugePmd, MmuGather, VM_SOFTDIRTY, VM_UFFD_WP, type AddressSpace } from '@ptelab/mm';
import {
  arm64,
  makePte,
  MARKER_UFFD_WP,
  x86_64,
  type Arch,
  type NonPresentEntry,
  type NonPresentKind,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { changeProtection } from './change-protection.ts';
import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from './cp-flags.ts';
import { merged } from './strategies/merged.ts';
import {
  ANON,
  BASE,
  digits,
  entryOf,
  FILE,
  hexOf,
  mapAnon,
  NONE,
  protect,
  RO,
  RW,
  SHMEM,
  stateOf,
  testMm,
  touch,
  traced,
  vmaAt,
} from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const old = x86_64({ kernel: '6.12', softDirty: false });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const arm = arm64({ kernel: '7.2' });

/** `nr` huge pages in one VMA, written. */
function huge(arch: Arch, nr = 1): AddressSpace {
  const mm = testMm(arch, [2048]);
  mapAnon(mm, 0, nr * 512);
  for (let i = 0; i < nr; i++) touch(mm, i * 512);
  return mm;
}

/** Walks the first huge mapping for userfaultfd. */
function walk(mm: AddressSpace, cpFlags: number): number {
  const vma = vmaAt(mm, 0);
  vma.flags |= VM_UFFD_WP;
  const gather = new MmuGather(mm);
  const change = { mm, vma, gather, newprot: vma.pageProt, cpFlags };
  const pages = changeProtection(change, BASE, BASE + 512, merged);
  gather.finish();
  return pages;
}

describe('a whole huge page', () => {
  it.each([
    ['x86-64', plain, '0x84000000100008a5'.replace('8a5', '0a5'), '0x80000000100000e7'],
    ['x86-64, soft-dirty', x86, '0x84000000100008a5', '0x80000000100008e7'],
    ['x86-64 6.12 loses dirty', old, '0x80000000100000a5', '0x80000000100000a7'],
    ['arm64', arm, '0x00e0000010000fc1', '0x00e8000010000f41'],
  ])('%s: RW to RO and back', (_, arch, ro, rw) => {
    const mm = huge(arch);
    expect(protect(mm, 0, 512, RO)).toEqual({ error: null, pages: 512 });
    expect(hexOf(mm, 0)).toBe(ro);
    expect(protect(mm, 0, 512, RW).pages).toBe(512);
    expect(hexOf(mm, 0)).toBe(rw);
    expect([mm.events.pmdSplits, mm.pmd(BASE)]).toEqual([0, expect.any(HugePmd)]);
  });

  it.each([x86, arm])('$name: to NONE and back', (arch) => {
    const mm = huge(arch);
    const before = hexOf(mm, 0);
    protect(mm, 0, 512, NONE);
    expect(arch.pteProtnone(entryOf(mm, 0).bits)).toBe(true);
    protect(mm, 0, 512, RW);
    expect(hexOf(mm, 0)).toBe(before);
  });

  it('soft-dirty tracking keeps it read-only until it is soft-dirty', () => {
    const mm = huge(x86);
    protect(mm, 0, 512, RO);
    const vma = vmaAt(mm, 0);
    vma.flags &= ~VM_SOFTDIRTY;
    const pmd = mm.pmd(BASE);
    if (pmd instanceof HugePmd) pmd.entry.bits = x86.pteClearSoftDirty(pmd.entry.bits);
    protect(mm, 0, 512, RW);
    expect(x86.pteWrite(entryOf(mm, 0).bits)).toBe(false);
    expect(touch(mm, 7)).toBe(1);
  });
});

describe('flushes', () => {
  it.each([
    ['x86-64: two invalidations', x86, { invlpg: 2, flushRecords: 2, flushCalls: 1 }],
    // one per huge page at once, then the gather's at 2 MiB stride
    ['arm64: at once, and again at the end', arm, { flushRecords: 2, flushCalls: 3 }],
  ])('%s', (_, arch, expected) => {
    const mm = huge(arch, 2);
    const { flushes } = traced(mm, RO, merged, [0, 1024]);
    expect(mm.events).toMatchObject(expected);
    expect(flushes.at(-1)).toBe('0-1024');
  });

  it('RO to RO with other bits untouched is no change', () => {
    const mm = huge(x86);
    protect(mm, 0, 512, RO);
    const { flushes } = traced(mm, RO, merged, [0, 512]);
    expect(flushes).toEqual([]);
  });
});

describe('a part of a huge page', () => {
  it.each([
    ['the head', 0, 100],
    ['the tail', 400, 512],
    ['the middle', 100, 200],
    ['all but the last page', 0, 511],
  ])('%s: the mapping is split before the protection changes', (_, from, to) => {
    for (const arch of [x86, arm]) {
      const mm = huge(arch);
      expect(protect(mm, from, to, RO).pages).toBe(to - from);
      expect(mm.events.pmdSplits).toBe(1);
      const W = '1'.repeat(from) + '0'.repeat(to - from) + '1'.repeat(512 - to);
      expect(digits(mm, 'W', 512)).toBe(W);
    }
  });

  it('a walk whose end is no VMA boundary splits too', () => {
    const mm = huge(arm);
    const vma = vmaAt(mm, 0);
    const gather = new MmuGather(mm);
    const change = { mm, vma, gather, newprot: vma.pageProt, cpFlags: MM_CP_UFFD_WP };
    expect(changeProtection(change, BASE + 500, BASE + 512, merged)).toBe(12);
    gather.finish();
    expect(mm.events.pmdSplits).toBe(1);
    expect(digits(mm, 'U', 512)).toBe('0'.repeat(500) + '1'.repeat(12));
  });
});

describe('migration entries', () => {
  function migrating(arch: Arch, kind: NonPresentKind, folio: typeof ANON = ANON): AddressSpace {
    const mm = huge(arch);
    mm.system.memmap.initFolio(0x10000, 9, folio);
    const pmd = mm.pmd(BASE);
    const state = { type: 0, offset: 0x10000, uffdWp: false, exclusive: false };
    if (pmd instanceof HugePmd) {
      arch.encodeNonPresent({ kind, softDirty: arch.softDirty, ...state }, pmd.entry);
    }
    return mm;
  }
  const entry = (mm: AddressSpace): NonPresentEntry =>
    mm.system.arch.decodeNonPresent(entryOf(mm, 0));

  it.each([
    ['migration-write', ANON, 'migration-read-exclusive'],
    ['migration-write', FILE, 'migration-read'],
    ['migration-read', ANON, 'migration-read'],
    ['migration-read-exclusive', ANON, 'migration-read-exclusive'],
    ['device-private-write', ANON, 'device-private-read'],
  ] as const)('%s of kind %i becomes %s, and does not count', (kind, folio, becomes) => {
    for (const arch of [x86, arm]) {
      const mm = migrating(arch, kind, folio);
      expect(protect(mm, 0, 512, RO)).toEqual({ error: null, pages: 0 });
      expect(entry(mm)).toMatchObject({ kind: becomes, offset: 0x10000 });
      if (kind !== 'device-private-write') expect(entry(mm).softDirty).toBe(arch.softDirty);
      expect(mm.events.flushCalls).toBe(0);
    }
  });

  it('userfaultfd marks them and takes the mark back', () => {
    for (const arch of [x86, arm]) {
      const mm = migrating(arch, 'migration-read');
      expect(walk(mm, MM_CP_UFFD_WP)).toBe(0);
      expect(entry(mm)).toMatchObject({ kind: 'migration-read', uffdWp: true });
      walk(mm, MM_CP_UFFD_WP_RESOLVE);
      expect(entry(mm)).toMatchObject({ kind: 'migration-read', uffdWp: false });
    }
  });

  it('in part: 512 single ones, of which those in the range change and count', () => {
    const mm = migrating(arm, 'migration-write');
    expect(protect(mm, 0, 256, RO).pages).toBe(256);
    const kinds = [255, 256].map((at) => arm.decodeNonPresent(entryOf(mm, at)).kind);
    expect(kinds).toEqual(['migration-read-exclusive', 'migration-write']);
  });
});

describe('userfaultfd', () => {
  it.each([x86, arm])('$name: protects an anonymous huge page as a whole', (arch) => {
    const mm = huge(arch);
    expect(walk(mm, MM_CP_UFFD_WP)).toBe(512);
    const { bits } = entryOf(mm, 0);
    expect([arch.pteUffdWp(bits), arch.pteWrite(bits)]).toEqual([true, false]);
    expect(walk(mm, MM_CP_UFFD_WP_RESOLVE)).toBe(512);
    expect(arch.pteUffdWp(entryOf(mm, 0).bits)).toBe(false);
  });

  it('a file huge page is taken away, and markers keep its place', () => {
    const mm = stateOf(arm, { prot: RW, shared: SHMEM, kind: FILE, holes: [0, 1, 2, 3] });
    const vma = vmaAt(mm, 0);
    vma.end = vma.start + 512;
    const { memmap } = mm.system;
    memmap.initFolio(0x8000, 9, FILE);
    memmap.folioRefAdd(0x8000, 1);
    const pmd = makePte();
    arm.pfnPmd(0x8000, vma.pageProt, pmd);
    mm.setPmd(BASE, new HugePmd(BASE, pmd));
    expect(walk(mm, MM_CP_UFFD_WP)).toBe(512);
    expect(arm.decodeNonPresent(entryOf(mm, 300))).toMatchObject({
      kind: 'marker',
      offset: MARKER_UFFD_WP,
    });
  });

  it('an empty PMD of file memory gets a table of markers, one of anonymous memory nothing', () => {
    const mm = stateOf(arm, { prot: RW, shared: SHMEM, kind: FILE, holes: [0, 1, 2, 3] });
    mm.setPmd(BASE, undefined);
    vmaAt(mm, 0).end += 508;
    expect(walk(mm, MM_CP_UFFD_WP)).toBe(512);
    const anon = testMm(arm);
    mapAnon(anon, 0, 512);
    expect([walk(anon, MM_CP_UFFD_WP), anon.pmd(BASE)]).toEqual([0, undefined]);
  });
});
