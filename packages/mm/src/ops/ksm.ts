import { folioAddRmapPtes, folioRemoveRmapPtes, PAGE_KIND } from '@ptelab/folio';
import { makePte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import type { System } from '../system.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { VM_MERGEABLE } from '../vma/flags.ts';
import type { Vma } from '../vma/vma.ts';
import { splitFolio } from './split-folio.ts';

/** A page that KSM looks at. */
interface Candidate {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly table: PteTable;
  readonly index: number;
  readonly pfn: number;
}

/**
 * Frame of the anonymous page that an entry maps; its large folio is split first. NO_PAGE if there is
 * none that may be merged: one that DMA may use, or of a folio that can't be split.
 */
function smallAnonPage(system: System, mm: AddressSpace, table: PteTable, index: number): number {
  const { arch, memmap } = system;
  const pte = makePte();
  table.peek(index, pte);
  const pfn = arch.ptePresent(pte.bits) ? vmNormalPage(mm, pte) : NO_PAGE;
  if (pfn === NO_PAGE || !memmap.isAnon(pfn) || memmap.folioMaybePinned(pfn)) return NO_PAGE;
  if (memmap.folioOrder(pfn) === 0) return pfn;
  // Looked up again: a page full of zeroes does not survive the split.
  const split = splitFolio(system, memmap.folioHead(pfn));
  return split ? smallAnonPage(system, mm, table, index) : NO_PAGE;
}

/** True for a huge page of memory, false for the huge zero page or one that is migrating. */
function mapsAnon({ arch, memmap }: System, { entry }: HugePmd): boolean {
  return arch.ptePresent(entry.bits) && memmap.isAnon(arch.pmdPfn(entry));
}

/** Anonymous pages of mergeable VMAs, in the order of the scan; those shared already included. */
function candidates(system: System): Candidate[] {
  const found: Candidate[] = [];
  for (const mm of system.spaces) {
    for (const vma of mm.vmas.all) {
      if ((vma.flags & VM_MERGEABLE) === 0) continue;
      for (let vpn = vma.start; vpn < vma.end; vpn++) {
        const pmd = mm.pmd(vpn);
        if (pmd instanceof HugePmd && mapsAnon(system, pmd)) splitHugePmd(mm, pmd);
        const table = mm.table(vpn);
        if (table === undefined) continue;
        const index = vpn - table.base;
        const pfn = smallAnonPage(system, mm, table, index);
        if (pfn !== NO_PAGE) found.push({ mm, vma, table, index, pfn });
      }
    }
  }
  return found;
}

/**
 * Takes write permission and dirtiness from the entry of a page that becomes the shared one; its
 * accessed and soft-dirty state stay.
 *
 * @kernel mm/ksm.c write_protect_page, try_to_merge_one_page
 */
function becomeShared(system: System, { mm, table, index, pfn }: Candidate): void {
  const { arch, memmap } = system;
  const pte = makePte();
  arch.ptepClearFlush(mm, table, index, pte);
  // The stable page must not be dropped as clean, nor soon.
  memmap.setFolioDirty(pfn, true);
  system.lru.markAccessed(pfn);
  pte.bits = arch.pteWrprotect(arch.pteMkclean(pte.bits));
  arch.setPtes(mm, table, index, pte, 1);
  memmap.setAnonExclusive(pfn, 1, false);
  const section = memmap.ownSection(pfn);
  section.frames.kind[pfn - section.base] = PAGE_KIND.KSM;
}

/** Replaces a page by the shared one, or by the zero page (`replace_page`). */
function replacePage(system: System, page: Candidate, shared: number): void {
  const { arch, memmap, zeroPfn } = system;
  const { mm, vma, table, index, pfn } = page;
  const pte = makePte();
  arch.ptepClearFlush(mm, table, index, pte);
  arch.pfnPte(shared, vma.pageProt, pte);
  if (shared === zeroPfn) {
    // Dirty marks the zero pages that KSM placed.
    pte.bits = arch.pteMkdirty(arch.pteMkspecial(pte.bits));
  } else {
    memmap.folioRefAdd(shared, 1);
    folioAddRmapPtes(memmap, mm.id, shared, 1);
  }
  arch.setPtes(mm, table, index, pte, 1);
  folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
  memmap.folioPut(pfn, 1);
}

/**
 * The page that all of a group are to share: the one that is shared already, or else the second that
 * the scan met. NO_PAGE if there is only one, which fork may have mapped several times.
 */
function sharedPage(system: System, group: readonly Candidate[]): number {
  const { memmap } = system;
  const stable = group.find(({ pfn }) => memmap.pageKind(pfn) === PAGE_KIND.KSM);
  if (stable !== undefined) return stable.pfn;
  const second = group.find(({ pfn }) => pfn !== group[0]?.pfn);
  if (second === undefined) return NO_PAGE;
  becomeShared(system, second);
  return second.pfn;
}

/**
 * Lets KSM scan until nothing is left to merge. Of pages with equal content the second that the scan
 * meets becomes the shared one.
 *
 * @param useZeroPages - pages full of zeroes are replaced by the zero page.
 * @kernel mm/ksm.c ksm_do_scan, cmp_and_merge_page
 */
export function ksmScan(system: System, useZeroPages: boolean): void {
  const { memmap, zeroPfn, lru } = system;
  lru.drain();
  const groups = new Map<number, Candidate[]>();
  for (const page of candidates(system)) {
    const content = memmap.content(page.pfn);
    const group = groups.get(content);
    if (group === undefined) groups.set(content, [page]);
    else group.push(page);
  }
  for (const [content, group] of groups) {
    if (content === 0 && useZeroPages) {
      for (const page of group) replacePage(system, page, zeroPfn);
      continue;
    }
    const shared = sharedPage(system, group);
    if (shared === NO_PAGE) continue;
    for (const page of group) if (page.pfn !== shared) replacePage(system, page, shared);
  }
}
