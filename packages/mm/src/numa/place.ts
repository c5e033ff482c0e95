import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { NO_PAGE } from '../vm-normal-page.ts';
import { makePte, type Pte } from '@ptelab/pte';

const entry: Pte = makePte();

/** Frame that page `vpn` maps, or {@link NO_PAGE}. Counts nothing. */
function frameOf(mm: AddressSpace, vpn: number): number {
  const { arch } = mm.system;
  const pmd = mm.pmd(vpn);
  if (pmd === undefined) return NO_PAGE;
  if (pmd instanceof HugePmd) {
    return arch.ptePresent(pmd.entry.bits) ? arch.pmdPfn(pmd.entry) : NO_PAGE;
  }
  pmd.peek(vpn - pmd.base, entry);
  return arch.ptePresent(entry.bits) ? arch.ptePfn(entry) : NO_PAGE;
}

/**
 * Puts the folios that pages [start, end) map on memory node `node`, as if they had been allocated
 * there. A folio lies on one node, so that of a folio mapped in part moves as a whole. Pages that map
 * nothing are passed over.
 *
 * @param node - 0 to 255.
 */
export function placeOnNode(mm: AddressSpace, start: number, end: number, node: number): void {
  const { memmap } = mm.system;
  for (let vpn = start; vpn < end; vpn++) {
    const pfn = frameOf(mm, vpn);
    if (pfn === NO_PAGE) continue;
    memmap.setNode(memmap.folioHead(pfn), memmap.folioNrPages(pfn), node);
  }
}
