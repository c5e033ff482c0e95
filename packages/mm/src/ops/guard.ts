import { makePte, MARKER_GUARD, MARKER_UFFD_WP, markerEntry } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { VM_MAYBE_GUARD } from '../vma/flags.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { zapRange } from './zap.ts';

/** Sees to it that fork copies the page tables of the VMA: by a flag, or before that by an anon_vma. */
function markVma(mm: AddressSpace, vma: Vma): void {
  const flagged = mm.system.arch.features.guardVmaFlag;
  if (flagged) vma.flags |= VM_MAYBE_GUARD;
  if (!flagged || vmaIsAnonymous(vma)) anonVmaPrepare(mm, vma);
}

/**
 * Markers of userfaultfd in a file outlive the drop of the pages (`zap_nonpresent_ptes`), and the kernel
 * tries again until the slots are empty: the call never returns. Seen on 6.18.
 *
 * @throws UnsupportedError if there is one.
 */
function refuseMarkers(mm: AddressSpace, start: number, end: number): void {
  const { arch } = mm.system;
  const pte = makePte();
  for (let vpn = start; vpn < end; vpn++) {
    const table = mm.table(vpn);
    if (table === undefined) continue;
    arch.ptepGet(mm, table, vpn - table.base, pte);
    if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) continue;
    const { kind, offset } = arch.decodeNonPresent(pte);
    if (kind === 'marker' && (offset & MARKER_UFFD_WP) !== 0) {
      throw new UnsupportedError(
        'MADV_GUARD_INSTALL over markers of userfaultfd, which never ends',
      );
    }
  }
}

/**
 * MADV_GUARD_INSTALL: drops the pages of [start, end), which lies in one VMA, and leaves markers that
 * turn every access into SIGSEGV. The VMA stays whole.
 *
 * @throws UnsupportedError where the kernel would never be done.
 * @kernel mm/madvise.c madvise_guard_install (6.13 on)
 */
export function guardInstall(
  mm: AddressSpace,
  gather: MmuGather,
  start: number,
  end: number,
): void {
  const { arch } = mm.system;
  const vma = mm.vmas.lookup(start);
  if (vma !== undefined) markVma(mm, vma);
  zapRange(mm, gather, start, end);
  refuseMarkers(mm, start, end);
  const marker = makePte();
  arch.encodeNonPresent(markerEntry(MARKER_GUARD), marker);
  for (let vpn = start; vpn < end; vpn++) {
    const table = mm.allocTable(vpn);
    arch.setPtes(mm, table, vpn - table.base, marker, 1);
  }
}

/** MADV_GUARD_REMOVE: takes the markers of [start, end) away again. */
export function guardRemove(
  mm: AddressSpace,
  _gather: MmuGather,
  start: number,
  end: number,
): void {
  const { arch } = mm.system;
  const pte = makePte();
  for (let vpn = start; vpn < end; vpn++) {
    const table = mm.table(vpn);
    if (table === undefined) continue;
    const index = vpn - table.base;
    arch.ptepGet(mm, table, index, pte);
    if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) continue;
    const entry = arch.decodeNonPresent(pte);
    if (entry.kind === 'marker' && (entry.offset & MARKER_GUARD) !== 0) {
      arch.pteClear(mm, table, index);
    }
  }
}
