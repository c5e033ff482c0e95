import { PAGE_KIND } from '@ptelab/folio';
import type { AddressSpace } from '../address-space.ts';
import type { System } from '../system.ts';
import { NO_PAGE } from '../vm-normal-page.ts';
import { isCowMapping, isShared, type Vma } from '../vma/vma.ts';
import { folioMaybeMappedShared } from './mapped-shared.ts';

/** True for pages of a file with a backing store: on the file lists of reclaim, unlike shmem. */
function folioIsFileLru(mm: AddressSpace, vma: Vma, page: number): boolean {
  const file = mm.system.memmap.pageKind(page) === PAGE_KIND.FILE;
  return file && vma.file?.canWriteback === true;
}

/** A page that can't be moved, or should not be: the hint fault would be for nothing. */
function staysWhereItIs(mm: AddressSpace, vma: Vma, page: number): boolean {
  const { arch, memmap } = mm.system;
  if (memmap.pageKind(page) === PAGE_KIND.KSM) return true;
  const cow = isCowMapping(vma.flags);
  if ((cow || arch.features.numaSkipsPinned) && memmap.folioMaybePinned(page)) return true;
  if (cow && folioMaybeMappedShared(mm.system, page)) return true;
  return folioIsFileLru(mm, vma, page) && memmap.folioDirty(page);
}

/**
 * True if balancing notes when it saw the folio last: slow memory, where it is sorted by speed.
 *
 * @kernel mm/memory-tiers.c folio_use_access_time
 */
export function folioUseAccessTime({ memmap, numa }: System, page: number): boolean {
  return numa.tiering && !numa.isTopTier(memmap.node(page));
}

/**
 * True if balancing has no use for hint faults on memory of this node. Where it sorts memory by
 * speed, it takes the chance to note when the folio was last seen.
 */
function skipsNode(mm: AddressSpace, page: number): boolean {
  const { memmap, numa } = mm.system;
  if (!numa.normal && numa.isTopTier(memmap.node(page))) return true;
  if (folioUseAccessTime(mm.system, page)) {
    mm.trace?.({ fn: 'folio_xchg_access_time', pfn: memmap.folioHead(page) });
  }
  return false;
}

/**
 * True if the NUMA scanner may take the access to `page` away; false if it leaves the entry alone.
 * All but the test for an entry that has the hint already.
 *
 * Address spaces have one thread here, so that private memory on the CPU's node is always in place.
 *
 * @param page - frame of the page, or {@link NO_PAGE}.
 * @kernel mm/mprotect.c change_pte_range (6.12), prot_numa_skip (6.17), mm/mempolicy.c
 * folio_can_map_prot_numa (6.19 on)
 */
export function folioCanMapProtNuma(mm: AddressSpace, vma: Vma, page: number): boolean {
  const { memmap, numa } = mm.system;
  if (page === NO_PAGE || staysWhereItIs(mm, vma, page)) return false;
  if (!isShared(vma) && memmap.node(page) === numa.cpuNode) return false;
  return !skipsNode(mm, page);
}

/**
 * The same for a huge page. Up to 6.18 only the speed of its memory counted.
 *
 * @kernel mm/huge_memory.c change_huge_pmd
 */
export function hugeFolioCanMapProtNuma(mm: AddressSpace, vma: Vma, head: number): boolean {
  const { arch, memmap } = mm.system;
  if (memmap.pageKind(head) === PAGE_KIND.HUGE_ZERO) return false;
  return arch.features.numaFiltersPmd ? folioCanMapProtNuma(mm, vma, head) : !skipsNode(mm, head);
}
