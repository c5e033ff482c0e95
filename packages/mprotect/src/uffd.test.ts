import {
  accessPage,
  exitMmap,
  fork,
  VM_SOFTDIRTY,
  VM_UFFD_WP,
  type AddressSpace,
} from '@ptelab/mm';
import { arm64, MARKER_UFFD_WP, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { merged } from './strategies/merged.ts';
import { perPte } from './strategies/per-pte.ts';
import {
  BASE,
  digits,
  entryOf,
  hexOf,
  mapAnon,
  protect,
  RO,
  RW,
  SHMEM,
  span,
  stateOf,
  testMm,
  touch,
  vmaAt,
  vmaMap,
} from './testing.fixture.ts';
import { uffdRegisterWp, uffdUnregister, uffdWriteprotect } from './uffd.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });
const MACHINES = [x86, arm];
const STRATEGIES = [perPte, merged];

/** `nr` pages of one folio size, written, and registered with userfaultfd 1. */
function watched(arch: Arch, nr: number, kb: number[], wpAsync: boolean | null): AddressSpace {
  const mm = testMm(arch, kb);
  mapAnon(mm, 0, nr);
  touch(mm, 0, nr);
  if (wpAsync !== null) mm.userfaultfds.set(1, { wpAsync, wpUnpopulated: wpAsync });
  uffdRegisterWp(mm, BASE, BASE + nr, 1);
  return mm;
}

/** Pages [0, nr) that hold a marker of userfaultfd. */
function markers(mm: AddressSpace, nr: number): number[] {
  const { arch } = mm.system;
  return span(0, nr).filter((at) => {
    const pte = entryOf(mm, at);
    if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) return false;
    const { kind, offset } = arch.decodeNonPresent(pte);
    return kind === 'marker' && offset === MARKER_UFFD_WP;
  });
}

/**
 *      page   0        4        8
 *             [ registered    )[ not )       two folios of four pages, and four single ones
 */
describe.each(MACHINES)('$name: userfaultfd write-protection', (arch) => {
  it.each(STRATEGIES)(
    '$name: takes write permission page by page and gives it back',
    (strategy) => {
      const mm = testMm(arch, [16]);
      mapAnon(mm, 0, 8);
      touch(mm, 0, 8);
      uffdRegisterWp(mm, BASE, BASE + 8, 1);
      expect(uffdWriteprotect(mm, BASE + 2, BASE + 6, true, strategy)).toBe('ok');
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00111100', '11000011']);
      protect(mm, 0, 8, RO, { strategy });
      protect(mm, 0, 8, RW, { strategy });
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00111100', '11000011']);
      expect(uffdWriteprotect(mm, BASE, BASE + 8, false, strategy)).toBe('ok');
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00000000', '11111111']);
    },
  );

  it('stops at the first VMA that is not registered; those before stay changed', () => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 12);
    touch(mm, 0, 12);
    uffdRegisterWp(mm, BASE, BASE + 8, 1);
    expect(vmaMap(mm)).toEqual(['0-8', '8-12']);
    expect(uffdWriteprotect(mm, BASE, BASE + 12, true, merged)).toBe('ENOENT');
    expect(digits(mm, 'U', 12)).toBe('111111110000');
    expect(uffdWriteprotect(mm, BASE + 12, BASE + 16, true, merged)).toBe('ENOENT');
  });

  it('unregistering lifts the protection and joins the VMAs again', () => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 12);
    touch(mm, 0, 12);
    uffdRegisterWp(mm, BASE, BASE + 8, 1);
    uffdWriteprotect(mm, BASE, BASE + 8, true, merged);
    uffdUnregister(mm, BASE, BASE + 12, merged);
    expect([vmaMap(mm), digits(mm, 'U', 12)]).toEqual([['0-12'], '0'.repeat(12)]);
    expect(vmaAt(mm, 0)).toMatchObject({ uffd: 0, flags: expect.any(Number) });
    expect(vmaAt(mm, 0).flags & VM_UFFD_WP).toBe(0);
  });
});

it.each([
  ['x86-64', x86, '0x8400000010000c25', '0x8000000010000867'],
  ['arm64', arm, '0x04f0000010000fc3', '0x00f8000010000f43'],
] as const)('%s: an entry while protected, and afterwards', (_, arch, protectedEntry, entry) => {
  const mm = watched(arch, 16, [64], null);
  uffdWriteprotect(mm, BASE, BASE + 16, true, merged);
  expect(hexOf(mm, 0)).toBe(protectedEntry);
  uffdWriteprotect(mm, BASE, BASE + 16, false, merged);
  expect(hexOf(mm, 0)).toBe(entry);
});

describe.each(MACHINES)('$name: lifting the protection gives write permission', (arch) => {
  it.each(STRATEGIES)('$name: back to exclusive pages of a writable VMA only', (strategy) => {
    const bits = { U: '1', D: '1', E: '1101' };
    const rw = stateOf(arch, { prot: RW, ...bits });
    uffdWriteprotect(rw, BASE, BASE + 4, false, strategy);
    expect([digits(rw, 'U'), digits(rw, 'W'), digits(rw, 'D')]).toEqual(['0000', '1101', '1111']);
    const ro = stateOf(arch, { prot: RO, ...bits });
    uffdWriteprotect(ro, BASE, BASE + 4, false, strategy);
    expect([digits(ro, 'U'), digits(ro, 'W')]).toEqual(['0000', '0000']);
  });

  it('not where soft-dirty tracking waits for the next write', () => {
    const state = { prot: RW, U: '1', D: '0', E: '1', S: '0101', tracking: true };
    const mm = stateOf(arch, state);
    expect(vmaAt(mm, 0).flags & VM_SOFTDIRTY).toBe(0);
    uffdWriteprotect(mm, BASE, BASE + 4, false, merged);
    expect(digits(mm, 'W')).toBe(arch.softDirty ? '0101' : '1111');
  });
});

describe.each(MACHINES)('$name: empty slots', (arch) => {
  it.each([
    // memory, features of the userfaultfd: slots with a marker
    ['anonymous', false, []],
    ['anonymous', true, span(1, 4)],
    ['shmem', false, span(0, 4)],
  ] as const)('of %s memory, unpopulated %s: pages %o get markers', (memory, unpopulated, at) => {
    const shared = memory === 'shmem' ? { shared: SHMEM } : {};
    const mm = stateOf(arch, { prot: RW, holes: span(memory === 'shmem' ? 0 : 1, 4), ...shared });
    mm.userfaultfds.set(1, { wpAsync: false, wpUnpopulated: unpopulated });
    uffdRegisterWp(mm, BASE, BASE + 4, 1);
    uffdWriteprotect(mm, BASE, BASE + 4, true, merged);
    expect(markers(mm, 4)).toEqual(at);
    uffdWriteprotect(mm, BASE, BASE + 4, false, merged);
    expect(markers(mm, 4)).toEqual([]);
  });

  it('a table is made where there is none, if it is to hold markers', () => {
    for (const wpAsync of [false, true]) {
      const mm = testMm(arch);
      mapAnon(mm, 0, 1024);
      mm.userfaultfds.set(1, { wpAsync, wpUnpopulated: wpAsync });
      uffdRegisterWp(mm, BASE, BASE + 1024, 1);
      uffdWriteprotect(mm, BASE + 510, BASE + 514, true, merged);
      expect([mm.table(BASE), mm.table(BASE + 512)].map((table) => table !== undefined)).toEqual([
        wpAsync,
        wpAsync,
      ]);
      expect(markers(mm, 1024)).toEqual(wpAsync ? span(510, 514) : []);
    }
  });

  it('unregistering takes the markers away', () => {
    const mm = watched(arch, 4, [], true);
    mapAnon(mm, 4, 8);
    uffdRegisterWp(mm, BASE + 4, BASE + 8, 1);
    uffdWriteprotect(mm, BASE, BASE + 8, true, merged);
    expect(markers(mm, 8)).toEqual(span(4, 8));
    uffdUnregister(mm, BASE, BASE + 8, merged);
    expect([markers(mm, 8), digits(mm, 'W', 8), vmaMap(mm)]).toEqual([[], '1111----', ['0-8']]);
  });
});

describe('a write to a protected page', () => {
  it.each(MACHINES)(
    '$name: sync waits for user space, which lifts the protection and wakes it',
    (arch) => {
      const mm = watched(arch, 4, [], false);
      uffdWriteprotect(mm, BASE, BASE + 4, true, merged);
      expect(accessPage(mm, BASE + 1, 'write')).toMatchObject({ faults: 0, waits: 'userfaultfd' });
      expect([digits(mm, 'U'), touch(mm, 0, 4, 'read')]).toEqual(['1111', 0]);
      expect(mm.userfaultfdEvents).toEqual([{ uffd: 1, vpn: BASE + 1 }]);
      uffdWriteprotect(mm, BASE + 2, BASE + 4, false, merged);
      expect(mm.userfaultfdEvents).toHaveLength(1);
      uffdWriteprotect(mm, BASE + 1, BASE + 2, false, merged);
      expect(mm.userfaultfdEvents).toEqual([]);
      expect(accessPage(mm, BASE + 1, 'write')).toEqual({ faults: 0, signal: null });
    },
  );

  it.each(MACHINES)('$name: unregistering wakes it too', (arch) => {
    const mm = watched(arch, 4, [], false);
    uffdWriteprotect(mm, BASE, BASE + 4, true, merged);
    accessPage(mm, BASE, 'write');
    uffdUnregister(mm, BASE, BASE + 4, merged);
    expect(mm.userfaultfdEvents).toEqual([]);
    expect(accessPage(mm, BASE, 'write')).toEqual({ faults: 0, signal: null });
  });

  /** Faults of an async write: to an exclusive page, to one that a child shares, to one it shared. */
  it.each([
    // single pages: always one; a block is unfolded under the fault, which only a copy notices
    ['x86-64, single pages', x86, [], [1, 1, 1]],
    ['x86-64, 64K folio', x86, [64], [1, 1, 1]],
    ['arm64, single pages', arm, [], [1, 1, 1]],
    ['arm64, 64K folio', arm, [64], [1, 2, 1]],
    ['arm64 6.12, 64K folio', arm64({ kernel: '6.12' }), [64], [1, 2, 2]],
  ] as const)('%s: async takes %o faults', (_, arch, kb, faults) => {
    const seen = ['exclusive', 'shared', 'was shared'].map((page) => {
      const mm = watched(arch, 16, [...kb], true);
      const child = page === 'exclusive' ? null : fork(mm);
      uffdWriteprotect(mm, BASE, BASE + 16, true, merged);
      if (page === 'was shared' && child !== null) exitMmap(child);
      const taken = touch(mm, 3);
      expect([digits(mm, 'U', 16), digits(mm, 'W', 16)]).toEqual([
        '1110111111111111',
        '0001000000000000',
      ]);
      return taken;
    });
    expect(seen).toEqual(faults);
  });
});

it.each(MACHINES)('$name: a child is not watched, and its pages are not marked', (arch) => {
  const mm = watched(arch, 16, [64], false);
  uffdWriteprotect(mm, BASE, BASE + 16, true, merged);
  const child = fork(mm);
  expect([digits(mm, 'U', 16), digits(child, 'U', 16)]).toEqual(['1'.repeat(16), '0'.repeat(16)]);
  expect([vmaAt(child, 0).uffd, vmaAt(child, 0).flags & VM_UFFD_WP]).toEqual([0, 0]);
  expect(touch(child, 0)).toBe(1);
  expect(uffdWriteprotect(child, BASE, BASE + 16, true, merged)).toBe('ENOENT');
});
