import { folioAddRmapPtes, folioTryDupAnonRmapPtes } from '@ptelab/folio';
import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import {
  folioPteBatch,
  FPB_MERGE_WRITE,
  FPB_RESPECT_DIRTY,
  FPB_RESPECT_SOFT_DIRTY,
} from '../folio-pte-batch.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import { isCowMapping, isShared, vmaSoftDirtyEnabled, type Vma } from '../vma/vma.ts';

/**
 * True if this address space may have pinned the folio, so that sharing it is not an option.
 *
 * @kernel include/linux/mm.h folio_needs_cow_for_dma
 */
export function folioNeedsCowForDma(mm: AddressSpace, pfn: number): boolean {
  return mm.hasPinned && mm.system.memmap.folioMaybePinned(pfn);
}

/**
 * Gives the child a copy of a pinned page at once. The parent keeps the page, exclusive and writable,
 * for a later write must not take it away from the device.
 *
 * @kernel mm/memory.c copy_present_page
 */
function copyPresentPage(
  child: AddressSpace,
  vma: Vma,
  to: PteTable,
  index: number,
  page: number,
): void {
  const { arch, memmap, allocator } = child.system;
  const pfn = allocator.alloc(0);
  if (pfn === null) throw new UnsupportedError('fork without memory for the copy of a pinned page');
  newAnonFolio(child, vma, pfn, 0);
  memmap.setContent(pfn, memmap.content(page));
  const entry = makePte();
  arch.pfnPte(pfn, vma.pageProt, entry);
  entry.bits = maybeMkwrite(child, vma, arch.pteMkdirty(entry.bits));
  arch.setPtes(child, to, index, entry, 1);
}

/**
 * Copies one batch of present entries to the child; returns its length, 0 if a pinned page is among
 * them: the same entry is then to be copied again, by itself and with memory for a copy at hand.
 *
 * @param source - what the parent's entry held; changed to what the batch as a whole is.
 * @param preallocated - memory for a copy is at hand, and no batch is made.
 * @kernel mm/memory.c copy_present_ptes
 */
export function copyPresentPtes(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  from: PteTable,
  to: PteTable,
  index: number,
  source: Pte,
  maxNr: number,
  preallocated: boolean,
): number {
  const { arch, memmap } = parent.system;
  const page = vmNormalPage(parent, source);
  let nr = 1;
  if (page !== NO_PAGE) {
    if (!preallocated && maxNr > 1 && memmap.folioOrder(page) > 0) {
      const softDirty = vmaSoftDirtyEnabled(arch.softDirty, vma) ? FPB_RESPECT_SOFT_DIRTY : 0;
      const dirty = isShared(vma) ? 0 : FPB_RESPECT_DIRTY;
      const flags = FPB_MERGE_WRITE | softDirty | dirty;
      nr = folioPteBatch(parent, from, index, source, maxNr, flags);
    }
    if (!memmap.isAnon(page)) folioAddRmapPtes(memmap, child.id, page, nr);
    else {
      const pinned = folioNeedsCowForDma(parent, page);
      if (!folioTryDupAnonRmapPtes(memmap, child.id, page, nr, pinned)) {
        if (!preallocated) return 0;
        copyPresentPage(child, vma, to, index, page);
        return 1;
      }
    }
    memmap.folioRefAdd(page, nr);
  }
  let bits = source.bits;
  if (isCowMapping(vma.flags) && arch.pteWrite(bits)) {
    arch.wrprotectPtes(parent, from, index, nr);
    bits = arch.pteWrprotect(bits);
  }
  if (isShared(vma)) bits = arch.pteMkclean(bits);
  bits = arch.pteMkold(bits);
  bits = arch.pteClearUffdWp(bits);
  arch.setPtes(child, to, index, { pfn: source.pfn, bits }, nr);
  return nr;
}
