import { makePte, type Pte } from '@ptelab/pte';
import {
  doSetPmd,
  folioFits,
  folioStart,
  pgoffOf,
  setPteRange,
  type FileFault,
} from './map-file-pages.ts';

/** Pages that a read fault maps around itself (fault_around_bytes, 64 KiB). */
const FAULT_AROUND_PAGES = 16;

/**
 * The pages that a read fault maps: 16 around it, inside the VMA and the page table. Since 6.18 all of
 * the faulting page's folio, if it fits.
 *
 * @kernel mm/memory.c do_fault_around, mm/filemap.c filemap_map_pages
 */
function faultAroundWindow(fault: FileFault): { start: number; end: number } {
  const { mm, vma, vpn, file } = fault;
  const { features } = mm.system.arch;
  const table = mm.pmdBase(vpn);
  const index = vpn - table;
  const aligned = index - (index % FAULT_AROUND_PAGES);
  const from = Math.max(aligned, index - Math.min(index, vpn - vma.start));
  const to = Math.min(from + FAULT_AROUND_PAGES, mm.pmdPages, index + (vma.end - vpn));
  const pfn = file.cache.get(pgoffOf(fault, vpn));
  if (features.wholeFolioFaults && pfn !== undefined) {
    const start = folioStart(mm, vpn, pfn);
    const nr = mm.system.memmap.folioNrPages(pfn);
    if (nr > FAULT_AROUND_PAGES && folioFits(fault, start, nr)) return { start, end: start + nr };
  }
  return { start: table + from, end: table + to };
}

/** Maps what the cache holds in the window, folio by folio; true if the faulting page is among it. */
export function doFaultAround(fault: FileFault): boolean {
  const { mm, vma, file, vpn } = fault;
  const { arch, memmap } = mm.system;
  const { start, end } = faultAroundWindow(fault);
  const cached = (page: number): number | undefined => file.cache.get(pgoffOf(fault, page));
  let first = start;
  while (first < end && cached(first) === undefined) first++;
  const firstPfn = cached(first);
  if (first === end || firstPfn === undefined) return false;
  if (doSetPmd(fault, first, firstPfn)) return true;
  const table = mm.allocTable(vpn);
  const pte: Pte = makePte();
  const free = (page: number): boolean => {
    arch.ptepGet(mm, table, page - table.base, pte);
    return arch.pteNone(pte);
  };
  const last = Math.min(end, vma.start + (file.pages - vma.pgoff));
  let mapped = false;
  for (let page = first; page < last;) {
    const pfn = cached(page);
    if (pfn === undefined || !free(page)) {
      page++;
      continue;
    }
    const folioEnd = folioStart(mm, page, pfn) + memmap.folioNrPages(pfn);
    let runEnd = page + 1;
    while (runEnd < Math.min(last, folioEnd) && free(runEnd)) runEnd++;
    setPteRange(fault, table, page, pfn, runEnd - page);
    if (vpn >= page && vpn < runEnd) mapped = true;
    page = runEnd;
  }
  return mapped;
}
