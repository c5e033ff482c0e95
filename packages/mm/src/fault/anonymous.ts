import { makePte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import { rangeIsNone } from './range-is-none.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { vmaWritable, type Vma } from '../vma/vma.ts';
import { zeroPageEntry } from '../zero-page.ts';

/** Maps the shared zero page: special, with the VMA's protection. */
function mapZeroPage(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  writeProtected: boolean,
): void {
  const { arch } = mm.system;
  const entry = zeroPageEntry(mm.system, vma.pageProt);
  if (writeProtected) entry.bits = arch.pteMkuffdWp(entry.bits);
  arch.setPtes(mm, table, index, entry, 1);
}

/**
 * Orders of the folio for a first write, in the order in which memory is looked for: the largest
 * enabled one whose whole block is empty, then every smaller one; a single page at last.
 *
 * @kernel mm/memory.c alloc_anon_folio
 */
export function anonFolioOrders(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable | undefined,
): number[] {
  const orders = vma.uffd !== 0 ? [] : mm.system.thp.anonOrders(vma, vpn);
  if (table === undefined) return [...orders, 0];
  const fitting = orders.findIndex((order) => {
    const nr = 2 ** order;
    return rangeIsNone(mm, table, vpn - (vpn % nr) - table.base, nr);
  });
  return fitting < 0 ? [0] : [...orders.slice(fitting), 0];
}

/** A folio of the first order that memory is found for, or null if there is none at all. */
function allocAnonFolio(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
): { head: number; order: number } | null {
  for (const order of anonFolioOrders(mm, vma, vpn, table)) {
    const head = mm.system.allocator.alloc(order);
    if (head !== null) return { head, order };
  }
  return null;
}

/**
 * First touch of anonymous memory. A read maps the zero page; a write maps a whole folio, all of its
 * entries young and, in a writable VMA, dirty and writable.
 *
 * @param writeProtected - the slot held a userfaultfd marker: what is mapped stays protected.
 * @kernel mm/memory.c do_anonymous_page
 */
export function doAnonymousPage(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  table: PteTable,
  write: boolean,
  writeProtected: boolean,
): 'ok' | 'SIGBUS' {
  if (!write) {
    mapZeroPage(mm, vma, table, vpn - table.base, writeProtected);
    return 'ok';
  }
  const { arch } = mm.system;
  anonVmaPrepare(mm, vma);
  const folio = allocAnonFolio(mm, vma, vpn, table);
  if (folio === null) return 'SIGBUS';
  const nr = 2 ** folio.order;
  newAnonFolio(mm, vma, folio.head, folio.order);
  const entry = makePte();
  arch.pfnPte(folio.head, vma.pageProt, entry);
  if (vmaWritable(vma)) entry.bits = arch.pteMkwrite(arch.pteMkdirty(entry.bits));
  if (writeProtected) entry.bits = arch.pteMkuffdWp(entry.bits);
  arch.setPtes(mm, table, vpn - (vpn % nr) - table.base, entry, nr);
  return 'ok';
}
