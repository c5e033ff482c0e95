import type { Pte } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';
import type { HugePmd } from './huge/huge-pmd.ts';
import { NO_PAGE, vmNormalPage } from './vm-normal-page.ts';
import { isShared, userfaultfdWp, vmaSoftDirtyEnabled, vmaWritable, type Vma } from './vma/vma.ts';

/**
 * What must hold for any entry to become writable without a fault: the VMA allows it, and nobody
 * waits for the next write (NUMA hint, soft-dirty tracking, userfaultfd).
 *
 * @param bits - the candidate new entry.
 * @kernel mm/mprotect.c maybe_change_pte_writable (6.17; 45199f715b74)
 */
export function maybeChangePteWritable(mm: AddressSpace, vma: Vma, bits: number): boolean {
  const { arch } = mm.system;
  if (!vmaWritable(vma)) return false;
  if (arch.pteProtnone(bits)) return false;
  if (vmaSoftDirtyEnabled(arch.softDirty, vma) && !arch.pteSoftDirty(bits)) return false;
  return !(userfaultfdWp(vma) && arch.pteUffdWp(bits));
}

/**
 * A private page may be written if it is anonymous and exclusive to this address space.
 *
 * @kernel mm/mprotect.c can_change_private_pte_writable
 */
export function privatePageWritable(mm: AddressSpace, page: number): boolean {
  const { memmap } = mm.system;
  if (page === NO_PAGE || !memmap.isAnon(page)) return false;
  mm.events.paeTests++;
  return memmap.anonExclusive(page);
}

/**
 * A shared page may be written if its entry is dirty: the file system was then told before.
 *
 * @kernel mm/mprotect.c can_change_shared_pte_writable
 */
export function canChangeSharedPteWritable(mm: AddressSpace, vma: Vma, bits: number): boolean {
  return maybeChangePteWritable(mm, vma, bits) && mm.system.arch.pteDirty(bits);
}

/**
 * The whole test for one entry, with its own page lookup.
 *
 * @param pte - the candidate new entry.
 * @kernel mm/mprotect.c can_change_pte_writable (5.19 .. 6.16, and the NUMA hint fault since)
 */
export function canChangePteWritable(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  pte: Readonly<Pte>,
): boolean {
  mm.events.upgradeTests++;
  mm.trace?.({ fn: 'can_change_pte_writable', vpn, pte: { pfn: pte.pfn, bits: pte.bits } });
  if (!maybeChangePteWritable(mm, vma, pte.bits)) return false;
  if (isShared(vma)) return mm.system.arch.pteDirty(pte.bits);
  return privatePageWritable(mm, vmNormalPage(mm, pte));
}

/**
 * The test of a huge entry; a private huge page has one exclusive flag, on its head page.
 *
 * @param bits - the candidate new huge entry.
 * @kernel mm/huge_memory.c can_change_pmd_writable
 */
export function canChangePmdWritable(
  mm: AddressSpace,
  vma: Vma,
  pmd: HugePmd,
  bits: number,
): boolean {
  mm.events.upgradeTests++;
  if (!maybeChangePteWritable(mm, vma, bits)) return false;
  if (isShared(vma)) return mm.system.arch.pteDirty(bits);
  return privatePageWritable(mm, mm.system.arch.pmdPfn(pmd.entry));
}
