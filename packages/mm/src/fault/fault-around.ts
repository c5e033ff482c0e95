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

/** The pages that a read fault maps if it can: from the first cached one on. */
interface FaultAround {
  readonly first: number;
  /** Frame of page `first`. */
  readonly pfn: number;
  readonly end: number;
}

/** Looks for what the cache holds in the window; null if that is nothing. */
export function planFaultAround(fault: FileFault): FaultAround | null {
  const { start, end } = faultAroundWindow(fault);
  for (let first = start; first < end; first++) {
    const pfn = fault.file.cache.get(pgoffOf(fault, first));
    if (pfn !== undefined) return { first, pfn, end };
  }
  return null;
}

/** Calls `map` for every run of cached pages of one folio whose slots are free. */
export function eachRunAround(
  fault: FileFault,
  { first, end }: FaultAround,
  free: (page: number) => boolean,
  map: (page: number, pfn: number, nr: number) => void,
): void {
  const { mm, vma, file } = fault;
  const last = Math.min(end, vma.start + (file.pages - vma.pgoff));
  for (let page = first; page < last;) {
    const pfn = file.cache.get(pgoffOf(fault, page));
    if (pfn === undefined || !free(page)) {
      page++;
      continue;
    }
    const folioEnd = folioStart(mm, page, pfn) + mm.system.memmap.folioNrPages(pfn);
    let runEnd = page + 1;
    while (runEnd < Math.min(last, folioEnd) && free(runEnd)) runEnd++;
    map(page, pfn, runEnd - page);
    page = runEnd;
  }
}

/** Maps what the cache holds in the window, folio by folio; true if the faulting page is among it. */
export function doFaultAround(fault: FileFault): boolean {
  const { mm, vpn } = fault;
  const { arch } = mm.system;
  const around = planFaultAround(fault);
  if (around === null) return false;
  if (doSetPmd(fault, around.first, around.pfn)) return true;
  const table = mm.allocTable(vpn);
  const pte: Pte = makePte();
  const free = (page: number): boolean => {
    arch.ptepGet(mm, table, page - table.base, pte);
    return arch.pteNone(pte);
  };
  let mapped = false;
  eachRunAround(fault, around, free, (page, pfn, nr) => {
    setPteRange(fault, table, page, pfn, nr);
    if (vpn >= page && vpn < page + nr) mapped = true;
  });
  return mapped;
}
