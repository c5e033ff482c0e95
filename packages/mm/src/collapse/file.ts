import { folioRemoveRmapPtes, PAGE_KIND } from '@ptelab/folio';
import { makePte, MARKER_UFFD_WP, markerEntry, PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { doSetPmd } from '../fault/map-file-pages.ts';
import { BackedFile } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { mappingsOf } from '../rmap-walk.ts';
import type { System } from '../system.ts';
import { UnsupportedError } from '../unsupported.ts';
import { userfaultfdWp, type Vma } from '../vma/vma.ts';
import type { ScanResult } from './scan-result.ts';

/** Head frames of the folios that hold pages [first, first + nr) of the file. */
function foliosInRange(system: System, file: BackedFile, first: number, nr: number): Set<number> {
  const heads = new Set<number>();
  for (let i = first; i < first + nr; i++) {
    const pfn = file.cache.get(i);
    if (pfn !== undefined) heads.add(system.memmap.folioHead(pfn));
  }
  return heads;
}

/**
 * Takes a folio of the cache out of all page tables. Where userfaultfd protects it a marker stays.
 *
 * @kernel mm/rmap.c try_to_unmap_one (TTU_BATCH_FLUSH)
 */
function tryToUnmap(system: System, head: number): void {
  const { arch, memmap } = system;
  const old = makePte();
  for (const { mm, table, index, pfn } of mappingsOf(system, head, memmap.folioNrPages(head))) {
    arch.getAndClearFullPtes(mm, table, index, 1, old);
    const vma = mm.vmas.lookup(table.base + index);
    if (vma !== undefined && userfaultfdWp(vma) && arch.pteUffdWp(old.bits)) {
      const marker = makePte();
      arch.encodeNonPresent(markerEntry(MARKER_UFFD_WP), marker);
      arch.setPtes(mm, table, index, marker, 1);
    }
    folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
    memmap.folioPut(pfn, 1);
    // As in reclaim: arm64 leaves a flush for later, one x86 CPU has nobody to flush.
    if (arch.name === 'arm64') mm.tlbFlushBatched = true;
  }
}

/**
 * Takes away the page tables that could map the new folio by one PMD. Those of VMAs with anonymous pages
 * or userfaultfd's protection stay, for they may hold more than pages of the file.
 *
 * @kernel mm/khugepaged.c retract_page_tables
 */
function retractPageTables(system: System, file: BackedFile, first: number): void {
  for (const mm of system.spaces) {
    for (const vma of mm.vmas.all) {
      if (vma.file !== file || vma.anonVma !== null || userfaultfdWp(vma)) continue;
      const base = vma.start + (first - vma.pgoff);
      const covered = base >= vma.start && base + mm.pmdPages <= vma.end;
      if (!covered || base % mm.pmdPages !== 0 || !(mm.pmd(base) instanceof PteTable)) continue;
      mm.setPmd(base, undefined);
      system.arch.flushTlbRange(mm, { start: base, end: base + mm.pmdPages, stride: 1 });
    }
  }
}

/**
 * Replaces the file's pages from `first` on by one huge folio, holes filled with zeroes; nothing maps it
 * at first.
 *
 * @kernel mm/khugepaged.c collapse_file
 */
function collapseFile(system: System, file: BackedFile, first: number, nr: number): ScanResult {
  const { memmap, allocator, thp, lru } = system;
  const old = foliosInRange(system, file, first, nr);
  for (const head of old) {
    const expected = memmap.folioNrPages(head) + memmap.folioMapcount(head);
    if (memmap.folioRefcount(head) !== expected) return 'page-count';
  }
  const to = allocator.alloc(thp.pmdOrder);
  if (to === null) return 'alloc-fail';
  memmap.initFolio(to, thp.pmdOrder, PAGE_KIND.FILE);
  memmap.folioRefAdd(to, nr - 1);
  memmap.setFolioDirty(to, true);
  for (const head of old) tryToUnmap(system, head);
  for (let i = 0; i < nr; i++) {
    const pfn = file.cache.get(first + i);
    if (pfn !== undefined) memmap.setContent(to + i, memmap.content(pfn));
    file.cache.set(first + i, to + i);
  }
  for (const head of old) memmap.folioPut(head, memmap.folioNrPages(head));
  lru.add(to, false);
  retractPageTables(system, file, first);
  return 'succeed';
}

/**
 * Maps a huge folio of the cache by one PMD, in place of entries that map nothing but its pages.
 *
 * @kernel mm/khugepaged.c collapse_pte_mapped_thp
 */
function collapsePteMappedThp(mm: AddressSpace, vma: Vma, base: number, head: number): ScanResult {
  const { arch, memmap } = mm.system;
  const pmd = mm.pmd(base);
  if (pmd instanceof HugePmd) return arch.ptePresent(pmd.entry.bits) ? 'pmd-mapped' : 'pmd-null';
  if (userfaultfdWp(vma)) return 'pte-uffd-wp';
  if (pmd instanceof PteTable) {
    const pte = makePte();
    for (let i = 0; i < pmd.length; i++) {
      arch.ptepGet(mm, pmd, i, pte);
      if (arch.pteNone(pte)) continue;
      if (!arch.ptePresent(pte.bits)) return 'pte-non-present';
      if (arch.ptePfn(pte) !== head + i) return 'fail'; // a private copy
    }
    for (let i = 0; i < pmd.length; i++) {
      arch.ptepGet(mm, pmd, i, pte);
      if (arch.pteNone(pte)) continue;
      arch.getAndClearFullPtes(mm, pmd, i, 1, pte);
      folioRemoveRmapPtes(memmap, mm.id, head + i, 1);
      memmap.folioPut(head, 1);
    }
    mm.setPmd(base, undefined);
    arch.flushTlbRange(mm, { start: base, end: base + mm.pmdPages, stride: 1 });
  }
  if (!(vma.file instanceof BackedFile)) return 'fail';
  const fault = { mm, vma, file: vma.file, vpn: base, write: false, writeProtected: false };
  return doSetPmd(fault, base, head) ? 'succeed' : 'fail';
}

/**
 * Makes a huge page of the file's pages that lie from page `base` on, in the cache and in the page tables
 * of this address space. Others map it at their next fault.
 *
 * @throws UnsupportedError for files that are not in memory alone, or end inside the block.
 * @kernel mm/khugepaged.c hpage_collapse_scan_file
 */
export function collapseFileRange(mm: AddressSpace, vma: Vma, base: number): ScanResult {
  const { memmap, thp, shmemThp } = mm.system;
  const { file } = vma;
  if (!(file instanceof BackedFile)) {
    throw new UnsupportedError('MADV_COLLAPSE of a file without a page cache');
  }
  if (file.fs.kind === 'ext4') throw new UnsupportedError('MADV_COLLAPSE of a file on ext4');
  if (file.fs.kind === 'shared-anonymous' && !shmemThp.pmdAllowed(vma, base)) return 'fail';
  const first = vma.pgoff + (base - vma.start);
  if (first + mm.pmdPages > file.pages) {
    throw new UnsupportedError('MADV_COLLAPSE beyond the end of a file');
  }
  const cached = file.cache.get(first);
  if (cached === undefined || memmap.folioOrder(cached) !== thp.pmdOrder) {
    if (foliosInRange(mm.system, file, first, mm.pmdPages).size === 0) return 'fail';
    const result = collapseFile(mm.system, file, first, mm.pmdPages);
    if (result !== 'succeed') return result;
  }
  return collapsePteMappedThp(mm, vma, base, file.cache.get(first) ?? 0);
}
