import {
  FOLIO_FLAG,
  folioAddNewAnonRmap,
  folioAddNewAnonRmapPmd,
  folioAddRmapPtes,
  PAGE_KIND,
} from '@ptelab/folio';
import type { AddressSpace } from './address-space.ts';
import { folioAddLruVma } from './vma/mlock-vma-folio.ts';
import type { Vma } from './vma/vma.ts';

/**
 * Makes the frames from `head` on a new anonymous folio that `2 ** order` single entries of `vma` are
 * about to map: one reference and one mapping for each, on its way to the lists of reclaim.
 *
 * @param exclusive - false for a page that others may still read back from swap.
 * @kernel mm/rmap.c folio_add_new_anon_rmap, mm/swap.c folio_add_lru_vma
 */
export function newAnonFolio(
  mm: AddressSpace,
  vma: Vma,
  head: number,
  order: number,
  exclusive = true,
): void {
  const { memmap } = mm.system;
  const nr = 2 ** order;
  memmap.initFolio(head, order, PAGE_KIND.ANON);
  memmap.folioRefAdd(head, nr - 1);
  if (exclusive) folioAddNewAnonRmap(memmap, mm.id, head, nr);
  else folioAddRmapPtes(memmap, mm.id, head, nr);
  memmap.folioSet(head, FOLIO_FLAG.SWAPBACKED, true);
  folioAddLruVma(mm, vma, head);
}

/** As {@link newAnonFolio}, for a huge page that one PMD is about to map: exclusive by its head page. */
export function newAnonHugeFolio(mm: AddressSpace, vma: Vma, head: number): void {
  const { memmap, thp } = mm.system;
  memmap.initFolio(head, thp.pmdOrder, PAGE_KIND.ANON);
  folioAddNewAnonRmapPmd(memmap, mm.id, head);
  folioAddLruVma(mm, vma, head);
}
