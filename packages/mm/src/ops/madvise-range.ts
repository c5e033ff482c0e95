import { PAGE_KIND } from '@ptelab/folio';
import { makePte, PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch, FPB_MERGE_YOUNG_DIRTY } from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { splitFolio } from './split-folio.ts';

/** Splitting a folio of the page cache unmaps it from everybody. */
const FILE_SPLIT = 'advice on a part of a large folio of a file, which splits it';

/** A batch of entries that advice applies to: one page, or a whole large folio. */
export interface AdvisedBatch {
  readonly table: PteTable;
  readonly index: number;
  readonly nr: number;
  /** The first entry, with young and dirty of all. */
  readonly pte: Pte;
  /** Frame of the first page. */
  readonly page: number;
}

/** True if only this address space maps the folio: mapped once per page. */
export function exclusivelyMapped(mm: AddressSpace, page: number): boolean {
  const { memmap } = mm.system;
  return memmap.folioMapcount(page) === memmap.folioNrPages(page);
}

/** True if several address spaces may map a large folio. */
function maybeMappedShared(mm: AddressSpace, page: number): boolean {
  const { memmap } = mm.system;
  return memmap.mmIds.maybeShared(memmap.folioHead(page), memmap.folioMapcount(page));
}

/**
 * Visits the mapped pages of [start, end) for MADV_FREE and MADV_COLD: single pages one by one, large
 * folios as a whole. A large folio of which the batch does not cover everything is split first, if it
 * is this address space's own, and visited page by page.
 *
 * @kernel mm/madvise.c madvise_free_pte_range, madvise_cold_or_pageout_pte_range
 */
export function forEachAdvisedBatch(
  mm: AddressSpace,
  start: number,
  end: number,
  visit: (batch: AdvisedBatch) => void,
): void {
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    const pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd && mm.system.arch.ptePresent(pmd.entry.bits)) {
      const head = mm.system.arch.pmdPfn(pmd.entry);
      const file = mm.system.memmap.pageKind(head) === PAGE_KIND.FILE;
      if (file && !maybeMappedShared(mm, head)) throw new UnsupportedError(FILE_SPLIT);
      splitHugePmd(mm, pmd);
    }
    const table = mm.pmd(vpn);
    if (table instanceof PteTable) advisePteRange(mm, table, vpn, next, visit);
    vpn = next;
  }
}

function advisePteRange(
  mm: AddressSpace,
  table: PteTable,
  start: number,
  end: number,
  visit: (batch: AdvisedBatch) => void,
): void {
  const { arch, memmap } = mm.system;
  const pte = makePte();
  for (let index = start - table.base; index < end - table.base;) {
    arch.ptepGet(mm, table, index, pte);
    const page = arch.ptePresent(pte.bits) ? vmNormalPage(mm, pte) : NO_PAGE;
    if (page === NO_PAGE) {
      index++;
      continue;
    }
    let nr = 1;
    if (memmap.folioOrder(page) > 0) {
      const max = end - table.base - index;
      nr = folioPteBatch(mm, table, index, pte, max, FPB_MERGE_YOUNG_DIRTY);
      if (nr < memmap.folioNrPages(page)) {
        const own = !maybeMappedShared(mm, page);
        if (own && !memmap.isAnon(page)) throw new UnsupportedError(FILE_SPLIT);
        const split = own && splitFolio(mm.system, memmap.folioHead(page));
        if (!split) index += nr;
        continue;
      }
    }
    visit({ table, index, nr, pte, page });
    index += nr;
  }
}

/**
 * MADV_FREE: the pages may be dropped unless they are written again. Clean and old from now on, still
 * writable.
 *
 * @kernel mm/madvise.c madvise_free_pte_range
 */
export function madviseFree(mm: AddressSpace, gather: MmuGather, start: number, end: number): void {
  const { arch, memmap, lru } = mm.system;
  lru.drain();
  forEachAdvisedBatch(mm, start, end, ({ table, index, nr, pte, page }) => {
    const head = memmap.folioHead(page);
    if (memmap.folioDirty(page)) {
      if (!exclusivelyMapped(mm, page)) return;
      memmap.setFolioDirty(page, false);
    }
    if (arch.pteYoung(pte.bits) || arch.pteDirty(pte.bits)) {
      arch.clearYoungDirtyPtes(mm, table, index, nr, { young: true, dirty: true });
      gather.flushPteRange(table.base + index, nr);
    }
    if (memmap.isAnon(page)) lru.markLazyfree(head);
  });
}

/**
 * MADV_COLD: the pages are the next to be reclaimed. Old from now on.
 *
 * @kernel mm/madvise.c madvise_cold_or_pageout_pte_range
 */
export function madviseCold(mm: AddressSpace, gather: MmuGather, start: number, end: number): void {
  mm.system.lru.drain();
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    const pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd && next - vpn === mm.pmdPages) coldHugePmd(mm, gather, pmd);
    else coldPages(mm, gather, vpn, next);
    vpn = next;
  }
}

/** A huge mapping stays as it is if only this address space has it, but for its age. */
function coldHugePmd(mm: AddressSpace, gather: MmuGather, pmd: HugePmd): void {
  const { arch, lru, hugeZeroPfn } = mm.system;
  if (!arch.ptePresent(pmd.entry.bits)) return;
  const head = arch.pmdPfn(pmd.entry);
  if (head === hugeZeroPfn || maybeMappedShared(mm, head)) return;
  if (arch.pteYoung(pmd.entry.bits)) {
    pmd.entry.bits = arch.pteMkold(pmd.entry.bits);
    gather.flushPmdRange(pmd.base, mm.pmdPages);
  }
  lru.deactivate(head);
}

function coldPages(mm: AddressSpace, gather: MmuGather, start: number, end: number): void {
  const { arch, memmap, lru } = mm.system;
  forEachAdvisedBatch(mm, start, end, ({ table, index, nr, pte, page }) => {
    if (!exclusivelyMapped(mm, page)) return;
    lru.deactivate(memmap.folioHead(page));
    if (!arch.pteYoung(pte.bits)) return;
    arch.clearYoungDirtyPtes(mm, table, index, nr, { young: true, dirty: false });
    gather.flushPteRange(table.base + index, nr);
  });
}
