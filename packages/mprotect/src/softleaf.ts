import { userfaultfdWpUseMarkers, type AddressSpace } from '@ptelab/mm';
import {
  MARKER_GUARD,
  MARKER_POISONED,
  MARKER_UFFD_WP,
  makePte,
  markerEntry,
  splitMigrationOffset,
  type NonPresentEntry,
  type Pte,
} from '@ptelab/pte';
import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from './cp-flags.ts';
import type { PteRange } from './pte-range.ts';

/**
 * What a writable non-present entry becomes. Write permission is taken from every one, whatever the
 * new protection: the fault or the restore that brings the page back gives it again.
 */
function downgrade(mm: AddressSpace, entry: NonPresentEntry): NonPresentEntry {
  const { arch, memmap } = mm.system;
  switch (entry.kind) {
    case 'migration-write': {
      const { pfn } = splitMigrationOffset(entry.offset, arch.swapPfnBits);
      const kind = memmap.isAnon(pfn) ? 'migration-read-exclusive' : 'migration-read';
      return { ...entry, kind, uffdWp: false, exclusive: false };
    }
    case 'device-private-write':
      return { ...entry, kind: 'device-private-read', softDirty: false };
    case 'device-exclusive-write':
      return { ...entry, kind: 'device-exclusive-read' };
    default:
      return entry;
  }
}

/** The entry, of a page or a huge page, as a protection change leaves it. */
export function changedEntry(
  mm: AddressSpace,
  cpFlags: number,
  entry: NonPresentEntry,
): NonPresentEntry {
  const changed = downgrade(mm, entry);
  if ((cpFlags & MM_CP_UFFD_WP) !== 0) return { ...changed, uffdWp: true };
  if ((cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0) return { ...changed, uffdWp: false };
  return changed;
}

function changeMarker(range: PteRange, index: number, entry: NonPresentEntry): number {
  const kept = (entry.offset & (MARKER_POISONED | MARKER_GUARD)) !== 0;
  const resolves = (range.cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0;
  if (kept || !resolves || (entry.offset & MARKER_UFFD_WP) === 0) return 0;
  range.arch.pteClear(range.mm, range.table, index);
  return 1;
}

/**
 * Changes a non-present entry; returns how many it adds to the walk's count, 0 or 1. Never batched,
 * and never a reason to flush: hardware does not cache such entries.
 *
 * @kernel mm/mprotect.c change_pte_range (6.12 .. 6.19), change_softleaf_pte (7.1 on)
 */
export function changeSoftleafPte(range: PteRange, index: number, pte: Readonly<Pte>): number {
  const { arch, mm, table } = range;
  const old = arch.decodeNonPresent(pte);
  if (old.kind === 'marker') return changeMarker(range, index, old);
  const entry = makePte();
  arch.encodeNonPresent(changedEntry(mm, range.cpFlags, old), entry);
  if (arch.pteSame(entry, pte)) return 0;
  arch.setPtes(mm, table, index, entry, 1);
  return 1;
}

/**
 * An empty entry: userfaultfd leaves a marker where it would otherwise have nothing to protect.
 * Anonymous memory does without, unless the userfaultfd asked for it.
 */
export function changeNonePte(range: PteRange, index: number): number {
  if ((range.cpFlags & MM_CP_UFFD_WP) === 0) return 0;
  if (!userfaultfdWpUseMarkers(range.mm, range.vma)) return 0;
  const marker = makePte();
  range.arch.encodeNonPresent(markerEntry(MARKER_UFFD_WP), marker);
  range.arch.setPtes(range.mm, range.table, index, marker, 1);
  return 1;
}
