import {
  canChangePteWritable,
  canChangeSharedPteWritable,
  fork,
  HugePmd,
  madvise,
  maybeChangePteWritable,
  NO_PAGE,
  privatePageWritable,
} from '@ptelab/mm';
import { arm64, makePte, VM_WRITE, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { merged } from './strategies/merged.ts';
import { perPte } from './strategies/per-pte.ts';
import {
  ANON,
  digits,
  entryOf,
  EXT4,
  FILE,
  KSM,
  mapAnon,
  PFN,
  protect,
  RO,
  RW,
  SHMEM,
  stateOf,
  testMm,
  touch,
  traced,
  vmaAt,
  type State,
} from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const STRATEGIES = [perPte, merged];

/** The test of the entry in slot 0. */
function canChange(arch: Arch, state: State, change = (bits: number): number => bits): boolean {
  const mm = stateOf(arch, state);
  const pte = entryOf(mm, 0);
  pte.bits = change(pte.bits);
  return canChangePteWritable(mm, vmaAt(mm, 0), vmaAt(mm, 0).start, pte);
}

describe('an entry may become writable', () => {
  const exclusive: State = { prot: RW, E: '1', S: '1' };
  const shared: State = { prot: RW, shared: EXT4, kind: FILE, D: '1', S: '1' };

  it.each<[string, boolean, State]>([
    ['private, exclusive', true, exclusive],
    ['private, not exclusive', false, { ...exclusive, E: '0' }],
    ['in a read-only VMA', false, { ...exclusive, prot: RO }],
    ['tracked and soft-dirty', true, { ...exclusive, tracking: true }],
    ['tracked and not soft-dirty', false, { ...exclusive, tracking: true, S: '0' }],
    ['not tracked and not soft-dirty', true, { ...exclusive, S: '0' }],
    ['under userfaultfd, not protected', true, { ...exclusive, U: '0' }],
    ['under userfaultfd, protected', false, { ...exclusive, U: '1' }],
    ['shared and dirty', true, shared],
    ['shared and clean', false, { ...shared, D: '0' }],
    ['shared, dirty, tracked, not soft-dirty', false, { ...shared, tracking: true, S: '0' }],
    ['shared, dirty, protected by userfaultfd', false, { ...shared, U: '1' }],
    ['shared, dirty, in a read-only VMA', false, { ...shared, prot: RO }],
  ])('%s: %s', (_, expected, state) => {
    expect(canChange(x86, state)).toBe(expected);
  });

  it.each([x86, arm])(
    '$name: never a PROT_NONE entry, which waits for a NUMA hint fault',
    (arch) => {
      const mm = stateOf(arch, exclusive);
      const vma = vmaAt(mm, 0);
      const pte = entryOf(mm, 0);
      arch.pteModify(pte, arch.vmGetPageProt(0), pte);
      expect(arch.pteProtnone(pte.bits)).toBe(true);
      expect(maybeChangePteWritable(mm, vma, pte.bits)).toBe(false);
      expect(canChangePteWritable(mm, vma, vma.start, pte)).toBe(false);
      expect(canChangeSharedPteWritable(mm, vma, arch.pteMkdirty(pte.bits))).toBe(false);
    },
  );

  it('counts its tests, and looks for a page only in private VMAs that pass the rest', () => {
    const counts = (state: State): number[] => {
      const mm = stateOf(x86, state);
      const vma = vmaAt(mm, 0);
      canChangePteWritable(mm, vma, vma.start, entryOf(mm, 0));
      const { upgradeTests, pageLookups, paeTests } = mm.events;
      return [upgradeTests, pageLookups, paeTests];
    };
    expect(counts(exclusive)).toEqual([1, 1, 1]);
    expect(counts(shared)).toEqual([1, 0, 0]);
    expect(counts({ ...exclusive, prot: RO })).toEqual([1, 0, 0]);
    expect(counts({ ...exclusive, kind: FILE })).toEqual([1, 1, 0]);
  });

  it.each<[string, number, (typeof STRATEGIES)[number]]>([
    ['each entry', 3, perPte],
    ['each run of pages that agree', 2, merged],
  ])('counts %s that it makes writable', (_, expected, strategy) => {
    const mm = stateOf(x86, { prot: RO, E: '1011', S: '1' });
    protect(mm, 0, 4, RW, { strategy });
    expect([digits(mm, 'W'), mm.events.writeUpgrades]).toEqual(['1011', expected]);
  });

  it('no page, no write', () => {
    expect(privatePageWritable(testMm(x86), NO_PAGE)).toBe(false);
  });
});

describe('the anon test', () => {
  it.each([
    ['a private file page', FILE, '0000'],
    ['a KSM page', KSM, '0000'],
    ['an anonymous page', ANON, '1111'],
  ])('%s: what stands in the exclusive flag decides only if it may', (_, kind, W) => {
    for (const arch of [x86, arm]) {
      for (const strategy of STRATEGIES) {
        // The flag's bit means something else for file pages; a KSM page never has it.
        const E = kind === KSM ? '0' : '1';
        const mm = stateOf(arch, { prot: RO, kind, E, D: '1', S: '1' });
        expect(traced(mm, RW, strategy).result.pages).toBe(4);
        expect(digits(mm, 'W')).toBe(W);
      }
    }
  });

  /**
   *      slot   0    1    2    3
   *      pfn    100  101  102  103
   *             (anon  )  ( file )      frames in a row, all flags set
   */
  it('holds at a folio boundary', () => {
    for (const strategy of STRATEGIES) {
      const mm = stateOf(x86, { prot: RO, folios: [1, 1], E: '1', S: '1' });
      const { memmap } = mm.system;
      memmap.initFolio(PFN + 2, 1, FILE);
      memmap.setAnonExclusive(PFN + 2, 2, true);
      traced(mm, RW, strategy);
      expect(digits(mm, 'W')).toBe('1100');
    }
  });
});

describe('the split of a huge page', () => {
  it.each([x86, arm])('$name: exclusive, all its pages are upgraded after', (arch) => {
    const mm = testMm(arch, [2048]);
    mapAnon(mm, 0, 512);
    touch(mm, 0);
    protect(mm, 0, 256, RO);
    protect(mm, 0, 256, RW);
    expect(digits(mm, 'W', 512)).toBe('1'.repeat(512));
  });

  it.each([x86, arm])('$name: shared, none of them is', (arch) => {
    const mm = testMm(arch, [2048]);
    mapAnon(mm, 0, 512);
    touch(mm, 0);
    fork(mm);
    protect(mm, 0, 256, RO);
    protect(mm, 0, 256, RW);
    expect([digits(mm, 'E', 512), digits(mm, 'W', 512)]).toEqual([
      '0'.repeat(512),
      '0'.repeat(512),
    ]);
  });

  it('keeps both kinds apart: one part with DONTFORK, the other shared', () => {
    const mm = testMm(arm, [2048]);
    mapAnon(mm, 0, 512);
    touch(mm, 0);
    madvise(mm, 0x1000, 0x1008, 'DONTFORK');
    fork(mm);
    protect(mm, 0, 16, RO);
    protect(mm, 0, 16, RW);
    expect(digits(mm, 'W', 16)).toBe('1111111100000000');
  });
});

describe('the test of a huge mapping', () => {
  it.each<[string, State & { huge: number }, boolean]>([
    ['exclusive', { prot: RO, E: '1', huge: ANON }, true],
    ['not exclusive', { prot: RO, E: '0', huge: ANON }, false],
    ['of a private file', { prot: RO, E: '1', huge: FILE }, false],
  ])('%s', (_, { huge, E }, writable) => {
    for (const arch of [x86, arm]) {
      const mm = testMm(arch, [2048]);
      mapAnon(mm, 0, 512, RW);
      touch(mm, 0);
      protect(mm, 0, 512, RO);
      const { memmap } = mm.system;
      if (huge === FILE) memmap.initFolio(0x10000, 9, FILE);
      memmap.setAnonExclusive(0x10000, 1, E === '1');
      protect(mm, 0, 512, RW);
      expect(arch.pteWrite(entryOf(mm, 0).bits)).toBe(writable);
      expect(mm.pmd(0x1000)).toBeInstanceOf(HugePmd);
    }
  });

  it.each([true, false])('a shared one by its dirtiness: %s', (dirty) => {
    const mm = stateOf(arm, { prot: RO, shared: EXT4, kind: FILE });
    const vma = vmaAt(mm, 0);
    vma.end = vma.start + 512;
    mm.system.memmap.initFolio(0x8000, 9, FILE);
    const entry = makePte();
    arm.pfnPmd(0x8000, vma.pageProt, entry);
    if (dirty) entry.bits = arm.pteMkdirty(entry.bits);
    mm.setPmd(vma.start, new HugePmd(vma.start, entry));
    protect(mm, 0, 512, RW);
    expect(arm.pteWrite(entryOf(mm, 0).bits)).toBe(dirty);
  });

  it('shared memory is not upgraded at all: its template is writable', () => {
    const mm = stateOf(arm, { prot: RO, shared: SHMEM, kind: FILE });
    traced(mm, RW);
    expect([digits(mm, 'W'), mm.events.upgradeTests]).toEqual(['1111', 0]);
    expect(vmaAt(mm, 0).flags & VM_WRITE).toBe(VM_WRITE);
  });
});
