import { PAGE_KIND } from '@ptelab/folio';
import type { AddressSpace } from '../address-space.ts';
import { NO_PAGE } from '../vm-normal-page.ts';
import { userfaultfdWpAsync } from '../vma/userfaultfd.ts';
import { isShared, userfaultfdWp, type Vma } from '../vma/vma.ts';

/*
 * What a write to a present entry without write permission comes to. Nothing here changes state: the
 * handler asks and acts, the predictor only asks.
 */

/** Does userfaultfd write-protect the page, and who lifts that: the process, or the kernel at once? */
export type UffdWpFault = 'none' | 'wait' | 'resolve';

/** What becomes of the page: kept, copied, or made writable in a shared mapping. */
export type WpFault = 'copy' | 'reuse' | 'shared-notify' | 'shared-reuse';

/**
 * Looks at the userfaultfd marker of the entry that a write ran into.
 *
 * @kernel mm/memory.c do_wp_page, userfaultfd_wp_async
 */
export function decideUffdWp(mm: AddressSpace, vma: Vma, bits: number): UffdWpFault {
  if (!userfaultfdWp(vma) || !mm.system.arch.pteUffdWp(bits)) return 'none';
  return userfaultfdWpAsync(mm, vma) ? 'resolve' : 'wait';
}

/** References that a single page may have beyond ours and still be looked at: cache and LRU batches. */
const MAX_REFERENCES = 3;

/** True if counting references of this anonymous page first works the LRU batches off. */
function countingDrainsLru(mm: AddressSpace, pfn: number): boolean {
  const { memmap, lru } = mm.system;
  if (memmap.folioOrder(pfn) > 0 || memmap.pageKind(pfn) === PAGE_KIND.KSM) return false;
  return memmap.folioRefcount(pfn) <= MAX_REFERENCES && !lru.isOnLru(pfn);
}

/**
 * True if all references to an anonymous folio come from this address space, so that a write may
 * keep the page. Large folios qualify since 6.15. References of LRU batches that the fault drains do
 * not count.
 *
 * @kernel mm/memory.c wp_can_reuse_anon_folio, __wp_can_reuse_large_anon_folio
 */
function wpCanReuseAnonFolio(mm: AddressSpace, pfn: number): boolean {
  const { memmap, arch, lru } = mm.system;
  const head = memmap.folioHead(pfn);
  const refcount = memmap.folioRefcount(head);
  if (memmap.folioOrder(pfn) === 0) {
    if (memmap.pageKind(pfn) === PAGE_KIND.KSM || refcount > MAX_REFERENCES) return false;
    return refcount - (countingDrainsLru(mm, pfn) ? lru.references(pfn) : 0) === 1;
  }
  const mapcount = memmap.folioMapcount(head);
  return (
    arch.features.reuseLargeAnon &&
    mapcount > 1 &&
    !memmap.mmIds.maybeShared(head, mapcount) &&
    mapcount === refcount
  );
}

/** True for an anonymous page of a private mapping that is not known to be exclusive. */
function countsReferences(mm: AddressSpace, vma: Vma, page: number): boolean {
  const { memmap } = mm.system;
  return !isShared(vma) && page !== NO_PAGE && memmap.isAnon(page) && !memmap.anonExclusive(page);
}

/** True if the fault works the LRU batches off before it decides, whatever it then decides. */
export function wpDrainsLru(mm: AddressSpace, vma: Vma, page: number): boolean {
  return countsReferences(mm, vma, page) && countingDrainsLru(mm, page);
}

/**
 * What a write does to the page behind a present entry without write permission.
 *
 * @param page - frame of the page, or {@link NO_PAGE}.
 * @kernel mm/memory.c do_wp_page (6.12 .. 7.3)
 */
export function decideWpFault(mm: AddressSpace, vma: Vma, page: number): WpFault {
  if (isShared(vma)) return vma.file?.pageMkwrite === true ? 'shared-notify' : 'shared-reuse';
  if (page === NO_PAGE || !mm.system.memmap.isAnon(page)) return 'copy';
  const counts = countsReferences(mm, vma, page);
  return !counts || wpCanReuseAnonFolio(mm, page) ? 'reuse' : 'copy';
}
