import {
  arm64,
  makePte,
  MARKER_GUARD,
  MARKER_UFFD_WP,
  markerEntry,
  x86_64,
  type Arch,
  type NonPresentEntry,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../address-space.ts';
import {
  BASE,
  changeBits,
  entryOf,
  span,
  touch,
  vmaAt,
  where,
  writtenMm,
} from '../testing.fixture.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_UFFD_MISSING, VM_UFFD_WP } from '../vma/flags.ts';
import { mremapFixed } from './mremap.ts';

/*
 *  page   0        4              16
 *         | uffd-wp |              |     single pages, all of them registered
 */
const TARGET = BASE + 0x8010;
const STATE = { softDirty: false, uffdWp: false, exclusive: false };

function watched(arch: Arch, eventRemap: boolean, nr = 4, kb?: number): AddressSpace {
  const mm = writtenMm(arch, kb);
  mm.userfaultfds.set(7, { wpAsync: false, wpUnpopulated: true, eventRemap });
  const set = VM_UFFD_WP | VM_UFFD_MISSING;
  changeVmaFlags(mm, BASE, BASE + 16, { set, clear: 0, uffd: 7 });
  changeBits(mm, span(BASE, BASE + nr), (bits) => arch.pteWrprotect(arch.pteMkuffdWp(bits)));
  return mm;
}

function put(mm: AddressSpace, page: number, entry: NonPresentEntry): void {
  const pte = makePte();
  mm.system.arch.encodeNonPresent(entry, pte);
  mm.allocTable(page).poke(page % mm.pmdPages, pte);
}

const machines: Arch[] = [
  arm64({ kernel: '6.12' }),
  x86_64({ kernel: '6.12' }),
  arm64({ kernel: '7.3' }),
  x86_64({ kernel: '7.3' }),
];

describe.each(machines)('$name $kernel: mremap of what a userfaultfd watches', (arch) => {
  const protectedPages = (mm: AddressSpace): number[] =>
    where(mm, TARGET, TARGET + 16, (bits) => arch.pteUffdWp(bits));

  it('ends the registration and the protection', () => {
    const mm = watched(arch, false);
    mremapFixed(mm, BASE, 16, TARGET);
    expect(vmaAt(mm, TARGET)).toMatchObject({ uffd: 0 });
    expect(vmaAt(mm, TARGET).flags & (VM_UFFD_WP | VM_UFFD_MISSING)).toBe(0);
    expect(protectedPages(mm)).toEqual([]);
    touch(mm, TARGET, TARGET + 16);
    expect(mm.userfaultfdEvents).toEqual([]);
  });

  it('keeps both for a monitor that asked to hear of moves', () => {
    const mm = watched(arch, true);
    mremapFixed(mm, BASE, 16, TARGET);
    expect(vmaAt(mm, TARGET)).toMatchObject({ uffd: 7 });
    expect(vmaAt(mm, TARGET).flags & VM_UFFD_WP).toBe(VM_UFFD_WP);
    expect(protectedPages(mm)).toEqual(span(0, 4));
  });

  it('takes the protection off a contiguous block as a whole', () => {
    const mm = watched(arch, false, 16, 64);
    mremapFixed(mm, BASE, 16, TARGET);
    expect(protectedPages(mm)).toEqual([]);
    const folded = where(mm, TARGET, TARGET + 16, (bits) => arch.pteBatchHint(0, bits) > 1);
    expect(folded).toEqual(arch.name === 'arm64' ? span(0, 16) : []);
  });

  it('leaves what does not move registered', () => {
    const mm = watched(arch, false);
    mremapFixed(mm, BASE, 2, TARGET);
    expect(vmaAt(mm, BASE + 2)).toMatchObject({ uffd: 7 });
    expect(where(mm, BASE + 2, BASE + 16, (bits) => arch.pteUffdWp(bits))).toEqual([0, 1]);
    expect(protectedPages(mm)).toEqual([]);
  });

  it.each([
    [false, 'none', false],
    [true, 'marker', true],
  ])('markers and swap entries (monitor follows: %s)', (eventRemap, marker, uffdWp) => {
    const mm = watched(arch, eventRemap);
    put(mm, BASE + 3, markerEntry(MARKER_UFFD_WP));
    put(mm, BASE + 4, markerEntry(MARKER_GUARD));
    put(mm, BASE + 5, { kind: 'swap', type: 0, offset: 9, ...STATE, uffdWp: true });
    mremapFixed(mm, BASE, 16, TARGET);
    const left = entryOf(mm, TARGET + 3);
    expect(arch.pteNone(left) ? 'none' : arch.decodeNonPresent(left).kind).toBe(marker);
    expect(arch.decodeNonPresent(entryOf(mm, TARGET + 4))).toMatchObject({ offset: MARKER_GUARD });
    expect(arch.decodeNonPresent(entryOf(mm, TARGET + 5))).toMatchObject({ offset: 9, uffdWp });
  });
});
