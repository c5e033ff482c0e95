import {
  arm64,
  makePte,
  MARKER_GUARD,
  MARKER_POISONED,
  MARKER_UFFD_WP,
  x86_64,
  type Arch,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import {
  BASE,
  entryOf,
  exclusive,
  hexOf,
  mapAnon,
  testMm,
  touch,
  vmaAt,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_UFFD_WP } from '../vma/flags.ts';
import { accessPage } from './access.ts';
import { handlePteMarker, type MarkerFault } from './marker.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

/** Four pages, the first of which holds a marker; watched by userfaultfd 1, or not. */
function marked(arch: Arch, marker: number, watched: boolean, kb?: number): AddressSpace {
  const mm = testMm(arch, kb === undefined ? {} : { kb: [kb] });
  mapAnon(mm, BASE, BASE + 4);
  const state = { type: 0, softDirty: false, uffdWp: false, exclusive: false };
  const pte = makePte();
  arch.encodeNonPresent({ kind: 'marker', offset: marker, ...state }, pte);
  mm.allocTable(BASE).poke(0, pte);
  if (watched) changeVmaFlags(mm, BASE, BASE + 4, { set: VM_UFFD_WP, clear: 0, uffd: 1 });
  return mm;
}

describe.each([x86, arm])('$name: a fault on a marker', (arch) => {
  it.each<[string, number, boolean, MarkerFault]>([
    ['poison', MARKER_POISONED, false, 'SIGBUS'],
    ['poison and guard', MARKER_POISONED | MARKER_GUARD, false, 'SIGBUS'],
    ['guard', MARKER_GUARD, false, 'SIGSEGV'],
    ['guard and uffd-wp', MARKER_GUARD | MARKER_UFFD_WP, true, 'SIGSEGV'],
    ['uffd-wp, watched', MARKER_UFFD_WP, true, 'write-protected'],
    ['uffd-wp, no longer watched', MARKER_UFFD_WP, false, 'empty'],
  ])('%s (%i, watched %s): %s', (_, marker, watched, result) => {
    const mm = marked(arch, marker, watched);
    const before = hexOf(mm, BASE);
    const found = handlePteMarker(mm, vmaAt(mm, BASE), mm.allocTable(BASE), 0, marker);
    expect(found).toBe(result);
    expect(hexOf(mm, BASE)).toBe(result === 'empty' ? '0x0000000000000000' : before);
  });

  it.each([
    [MARKER_POISONED, 'SIGBUS'],
    [MARKER_GUARD, 'SIGSEGV'],
  ])('marker %i ends the access with %s and stays', (marker, signal) => {
    const mm = marked(arch, marker, false);
    const before = hexOf(mm, BASE);
    for (const kind of ['read', 'write'] as const) {
      expect(accessPage(mm, BASE, kind)).toEqual({ faults: 0, signal });
    }
    expect(hexOf(mm, BASE)).toBe(before);
  });

  it('a stale one costs a fault of its own', () => {
    const mm = marked(arch, MARKER_UFFD_WP, false);
    expect(touch(mm, BASE)).toBe(2);
    expect(exclusive(mm, BASE, BASE + 4)).toEqual([0]);
  });
});

describe('what is mapped in place of a uffd-wp marker stays protected', () => {
  it.each([
    ['x86-64', x86, '0x8000000000001625'],
    ['arm64', arm, '0x0560000000001fc3'],
  ])('%s: a read brings the zero page', (_, arch, entry) => {
    const mm = marked(arch, MARKER_UFFD_WP, true);
    expect(touch(mm, BASE, BASE + 1, 'read')).toBe(1);
    expect(hexOf(mm, BASE)).toBe(entry);
  });

  it.each([
    ['x86-64', x86, '0x8000000010000867'],
    ['arm64', arm, '0x00e8000010000f43'],
  ])('%s: an async write brings one page, and resolves it in a second fault', (_, arch, entry) => {
    const mm = marked(arch, MARKER_UFFD_WP, true, 16);
    mm.userfaultfds.set(1, { wpAsync: true, wpUnpopulated: true });
    expect([touch(mm, BASE), hexOf(mm, BASE)]).toEqual([2, entry]);
    expect(arch.pteNone(entryOf(mm, BASE + 1))).toBe(true);
  });

  it('a sync write must wait', () => {
    const mm = marked(arm, MARKER_UFFD_WP, true);
    mm.userfaultfds.set(1, { wpAsync: false, wpUnpopulated: true });
    expect(accessPage(mm, BASE, 'write')).toEqual({
      faults: 1,
      signal: null,
      waits: 'userfaultfd',
    });
    expect(hexOf(mm, BASE)).toBe('0x04e0000010000fc3');
  });
});
