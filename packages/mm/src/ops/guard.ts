import { makePte, MARKER_GUARD, markerEntry } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { zapRange } from './zap.ts';

/**
 * MADV_GUARD_INSTALL: drops the pages of [start, end), which lies in one VMA, and leaves markers that
 * turn every access into SIGSEGV. The VMA stays whole.
 *
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
  // Also for files: fork copies page tables of a VMA that has an anon_vma.
  if (vma !== undefined) anonVmaPrepare(mm, vma);
  zapRange(mm, gather, start, end);
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
