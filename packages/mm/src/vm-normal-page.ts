import type { Pte } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';

/** What {@link vmNormalPage} returns for an entry without struct page. */
export const NO_PAGE = -1;

/**
 * Page frame of the struct page that a present entry maps, or {@link NO_PAGE}: special mappings and
 * the zero page have none as far as mm is concerned.
 *
 * @kernel mm/memory.c vm_normal_page (with pte_special; 6.12 .. 7.3)
 */
export function vmNormalPage(mm: AddressSpace, pte: Readonly<Pte>): number {
  mm.events.pageLookups++;
  const { arch } = mm.system;
  mm.trace?.({ fn: 'vm_normal_page', pfn: arch.ptePfn(pte) });
  if (arch.pteSpecial(pte.bits)) return NO_PAGE;
  const pfn = arch.ptePfn(pte);
  return pfn === mm.system.zeroPfn ? NO_PAGE : pfn;
}
