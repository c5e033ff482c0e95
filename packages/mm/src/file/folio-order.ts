import type { System } from '../system.ts';
import { VM_NOHUGEPAGE } from '../vma/flags.ts';
import type { Vma } from '../vma/vma.ts';
import type { BackedFile } from './backed-file.ts';

/** Where a page is missing from the cache. */
export interface MissingPage {
  readonly file: BackedFile;
  readonly pgoff: number;
  /** Pages that the write(2) at hand still covers; 0 for a fault. */
  readonly writePages: number;
  /** The fault, if it is one. */
  readonly fault?: { readonly vma: Vma; readonly vpn: number };
}

function roundDown(pgoff: number, order: number): number {
  return pgoff - (pgoff % 2 ** order);
}

/** Largest order whose aligned block around `pgoff` ends inside the file. */
function orderWithinSize(missing: MissingPage, largest: number): number {
  for (let order = largest; order > 0; order--) {
    if (roundDown(missing.pgoff, order) + 2 ** order <= missing.file.pages) return order;
  }
  return 0;
}

/** A write of several pages takes a folio of its size, aligned in the file. */
function orderOfWrite(missing: MissingPage, largest: number): number {
  let order = Math.min(largest, Math.floor(Math.log2(Math.max(1, missing.writePages))));
  while (order > 0 && missing.pgoff % 2 ** order !== 0) order--;
  return order;
}

/**
 * A fault in a tmpfs file takes a whole huge page or a single one: there is no hint of how much will be
 * used. The huge page must fit into the VMA, which must not refuse it (MADV_NOHUGEPAGE), and into the file
 * where that is asked.
 *
 * @kernel mm/shmem.c shmem_huge_global_enabled, shmem_suitable_orders; include/linux/huge_mm.h
 * vma_thp_disabled (seen on 6.18)
 */
function orderOfTmpfsFault(
  { file, pgoff }: MissingPage,
  { vma, vpn }: NonNullable<MissingPage['fault']>,
  withinSize: boolean,
  pmdOrder: number,
): number {
  if ((vma.flags & VM_NOHUGEPAGE) !== 0) return 0;
  const pages = 2 ** pmdOrder;
  const start = vpn - (vpn % pages);
  const suits = start >= vma.start && start + pages <= vma.end && vpn % pages === pgoff % pages;
  const fits = !withinSize || roundDown(pgoff, pmdOrder) + pages <= file.pages;
  return suits && fits ? pmdOrder : 0;
}

/**
 * Orders that a fault in shared anonymous memory may take, largest first: those that are enabled and suit
 * the VMA, and no other but single pages.
 *
 * @kernel mm/shmem.c shmem_allowable_huge_orders, shmem_suitable_orders, shmem_alloc_and_add_folio
 */
export function sharedAnonymousOrders(
  system: System,
  { vma, vpn }: NonNullable<MissingPage['fault']>,
): number[] {
  const { shmemThp, thp } = system;
  const huge = shmemThp.pmdAllowed(vma, vpn) ? [thp.pmdOrder] : [];
  return [...huge, ...shmemThp.anonOrders(vma, vpn), 0];
}

/**
 * Order of the folio that a file system puts where a page is missing, before it looks whether others
 * are in the way.
 *
 * @kernel mm/shmem.c shmem_allowable_huge_orders, shmem_suitable_orders; mm/filemap.c __filemap_get_folio
 */
export function wantedOrder(system: System, missing: MissingPage): number {
  const { features } = system.arch;
  const { pmdOrder } = system.thp;
  const { fs } = missing.file;
  switch (fs.kind) {
    case 'ext4':
      return features.ext4LargeFolios ? orderOfWrite(missing, pmdOrder) : 0;
    case 'tmpfs':
      if (fs.huge === 'never') return 0;
      if (missing.fault !== undefined) {
        return orderOfTmpfsFault(missing, missing.fault, fs.huge === 'within_size', pmdOrder);
      }
      if (fs.huge === 'always') return pmdOrder;
      if (features.shmemWriteOrders) return orderWithinSize(missing, pmdOrder);
      return orderWithinSize(missing, pmdOrder) === pmdOrder ? pmdOrder : 0;
    case 'shared-anonymous':
      if (missing.fault === undefined) return 0;
      return sharedAnonymousOrders(system, missing.fault)[0] ?? 0;
  }
}
