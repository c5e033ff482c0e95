import { MmuGather, VM_UFFD_WP, type AddressSpace } from '@ptelab/mm';
import {
  arm64,
  joinMigrationOffset,
  makePte,
  MARKER_GUARD,
  MARKER_POISONED,
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
import { ANON, BASE, entryOf, FILE, PFN, RO, SHMEM, stateOf, vmaAt } from './testing.fixture.ts';

const MACHINES: readonly { name: string; arch: Arch }[] = [
  { name: 'x86-64', arch: x86_64({ kernel: '7.2' }) },
  { name: 'arm64', arch: arm64({ kernel: '7.2' }) },
];
const OLD: readonly { name: string; arch: Arch }[] = [
  { name: 'x86-64 6.12', arch: x86_64({ kernel: '6.12' }) },
  { name: 'arm64 6.12', arch: arm64({ kernel: '6.12' }) },
];

interface Changed {
  readonly mm: AddressSpace;
  readonly pages: number;
  /** The entry after the walk; null if it is empty. */
  readonly entry: NonPresentEntry | null;
}

/** Walks over slot 0, which holds `entry`; the folio behind it is of `kind`. */
function walk(
  arch: Arch,
  entry: Partial<NonPresentEntry>,
  {
    kind = ANON,
    cpFlags = 0,
    shared = false,
  }: { kind?: typeof ANON; cpFlags?: number; shared?: boolean } = {},
): Changed {
  const file = shared ? { shared: SHMEM } : {};
  const mm = stateOf(arch, { prot: RO, kind, holes: [0, 1, 2, 3], ...file });
  const vma = vmaAt(mm, 0);
  vma.flags |= VM_UFFD_WP;
  const table = mm.allocTable(BASE);
  const pte = makePte();
  const state = { type: 0, offset: PFN, softDirty: false, uffdWp: false, exclusive: false };
  if (entry.kind !== undefined)
    arch.encodeNonPresent({ ...state, ...entry, kind: entry.kind }, pte);
  table.poke(0, pte);
  const gather = new MmuGather(mm);
  const change = { mm, vma, gather, newprot: vma.pageProt, cpFlags };
  const pages = changeProtection(change, BASE, BASE + 1, merged);
  gather.finish();
  expect(mm.events.flushRecords).toBe(0); // hardware caches no such entry
  const after = entryOf(mm, 0);
  return { mm, pages, entry: arch.pteNone(after) ? null : arch.decodeNonPresent(after) };
}

describe.each(MACHINES)('$name: write permission goes', ({ arch }) => {
  const both = { softDirty: arch.softDirty, uffdWp: true };

  it.each([
    ['an anonymous page', ANON, 'migration-read-exclusive'],
    ['a file page', FILE, 'migration-read'],
  ] as const)('from a migrating one, %s: %i becomes %s', (_, folio, kind) => {
    const offset = joinMigrationOffset({ pfn: PFN, young: true, dirty: true }, arch.swapPfnBits);
    const entry = { kind: 'migration-write', offset, ...both } as const;
    const changed = walk(arch, entry, { kind: folio });
    expect(changed.entry).toMatchObject({ kind, offset, softDirty: both.softDirty, uffdWp: false });
    expect(changed.pages).toBe(1);
  });

  it('from device memory: soft-dirty is lost, uffd-wp stays', () => {
    const changed = walk(arch, { kind: 'device-private-write', offset: 0x77, ...both });
    expect(changed.entry).toMatchObject({
      kind: 'device-private-read',
      offset: 0x77,
      softDirty: false,
      uffdWp: true,
    });
    expect(changed.pages).toBe(1);
  });

  it.each<NonPresentKind>([
    'swap',
    'hwpoison',
    'migration-read',
    'migration-read-exclusive',
    'device-private-read',
    'device-exclusive',
  ])('%s stays and is not counted', (kind) => {
    const entry = { kind, offset: 0x1234, exclusive: kind === 'swap', ...both };
    const changed = walk(arch, entry);
    expect(changed.entry).toMatchObject(entry);
    expect(changed.pages).toBe(0);
  });
});

describe.each(OLD)('$name', ({ arch }) => {
  it('device-exclusive entries have a writable kind, which keeps both marks', () => {
    const both = { softDirty: arch.softDirty, uffdWp: true };
    const changed = walk(arch, { kind: 'device-exclusive-write', offset: 0x77, ...both });
    expect(changed.entry).toMatchObject({ kind: 'device-exclusive-read', offset: 0x77, ...both });
    expect(changed.pages).toBe(1);
    expect(walk(arch, { kind: 'device-exclusive-read', ...both }).pages).toBe(0);
  });
});

describe.each(MACHINES)('$name: userfaultfd', ({ arch }) => {
  const KINDS: readonly NonPresentKind[] = ['swap', 'migration-read', 'device-private-read'];

  it.each(KINDS)('marks a %s entry, once, and takes the mark back', (kind) => {
    const given = { kind, offset: 0x1234 };
    const marked = walk(arch, given, { cpFlags: MM_CP_UFFD_WP });
    expect([marked.pages, marked.entry]).toMatchObject([1, { ...given, uffdWp: true }]);
    const again = walk(arch, { ...given, uffdWp: true }, { cpFlags: MM_CP_UFFD_WP });
    expect([again.pages, again.entry]).toMatchObject([0, { uffdWp: true }]);
    const cleared = walk(arch, { ...given, uffdWp: true }, { cpFlags: MM_CP_UFFD_WP_RESOLVE });
    expect([cleared.pages, cleared.entry]).toMatchObject([1, { ...given, uffdWp: false }]);
  });

  it('marks a writable migration entry while taking its write permission', () => {
    const { entry } = walk(arch, { kind: 'migration-write' }, { cpFlags: MM_CP_UFFD_WP });
    expect(entry).toMatchObject({ kind: 'migration-read-exclusive', uffdWp: true });
  });

  it.each([
    ['a uffd-wp marker', MARKER_UFFD_WP, 0, 1],
    ['a uffd-wp marker', MARKER_UFFD_WP, MM_CP_UFFD_WP, 1],
    ['a uffd-wp marker, lifted', MARKER_UFFD_WP, MM_CP_UFFD_WP_RESOLVE, null],
    ['a poisoned one', MARKER_POISONED, MM_CP_UFFD_WP_RESOLVE, MARKER_POISONED],
    ['a guard', MARKER_GUARD, 0, MARKER_GUARD],
    ['a guard, lifted', MARKER_GUARD, MM_CP_UFFD_WP_RESOLVE, MARKER_GUARD],
    ['a guard with uffd-wp', MARKER_GUARD | MARKER_UFFD_WP, MM_CP_UFFD_WP_RESOLVE, 5],
  ])('%s (%i) under flags %i leaves %o', (_, offset, cpFlags, left) => {
    const { pages, entry } = walk(arch, { kind: 'marker', offset }, { cpFlags });
    expect(entry?.offset ?? null).toBe(left);
    expect([pages, entry?.uffdWp ?? false]).toEqual([left === null ? 1 : 0, false]);
  });

  it.each([
    ['file memory', true, MM_CP_UFFD_WP, 1],
    ['anonymous memory', false, MM_CP_UFFD_WP, 0],
    ['file memory, lifted', true, MM_CP_UFFD_WP_RESOLVE, 0],
    ['file memory, plain mprotect', true, 0, 0],
  ])('an empty slot of %s: shared %s, flags %i leave %i markers', (_, shared, cpFlags, markers) => {
    const { pages, entry } = walk(arch, {}, { shared, cpFlags });
    expect(pages).toBe(markers);
    const marker = { kind: 'marker', offset: MARKER_UFFD_WP };
    if (markers === 0) expect(entry).toBeNull();
    else expect(entry).toMatchObject(marker);
  });
});
