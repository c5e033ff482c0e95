import type { AddressSpace } from '../address-space.ts';
import { VM_LOCKED } from './flags.ts';
import type { Vma } from './vma.ts';

/**
 * A fault has mapped a new anonymous folio: it goes to the lists of reclaim, or past them if the VMA
 * is locked.
 *
 * @kernel mm/swap.c folio_add_lru_vma
 */
export function folioAddLruVma(mm: AddressSpace, vma: Vma, head: number): void {
  const { lru } = mm.system;
  if ((vma.flags & VM_LOCKED) !== 0) lru.mlock(head, true);
  else lru.add(head, true);
}

/**
 * `nr` pages of a folio are mapped that existed before: it is locked if the VMA is, and all of it is mapped
 * now. Up to 6.17 large folios were left out, for they might be mapped only in part.
 *
 * @kernel mm/rmap.c __folio_add_file_rmap
 */
export function mlockMapped(mm: AddressSpace, vma: Vma, pfn: number, nr: number): void {
  const { lru, memmap, arch } = mm.system;
  if ((vma.flags & VM_LOCKED) === 0 || nr !== memmap.folioNrPages(pfn)) return;
  if (nr === 1 || arch.features.rmapLocksLarge) lru.mlock(memmap.folioHead(pfn), false);
}

/**
 * A mapping of the folio that owns `pfn` goes away at page `vpn`.
 *
 * @kernel mm/internal.h munlock_vma_folio
 */
export function munlockVmaFolio(mm: AddressSpace, vpn: number, pfn: number): void {
  const { lru, memmap } = mm.system;
  const vma = mm.vmas.lookup(vpn);
  if (vma !== undefined && (vma.flags & VM_LOCKED) !== 0) lru.munlock(memmap.folioHead(pfn));
}
