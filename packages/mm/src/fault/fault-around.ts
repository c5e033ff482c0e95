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
 * The pages that a read fault maps: 16 around it, inside the VMA and the page table.
 *
 * @kernel mm/memory.c do_fault_around
 */
function faultAroundWindow({ mm, vma, vpn }: FileFault): { start: number; end: number } {
  const table = mm.pmdBase(vpn);
  const index = vpn - table;
  const aligned = index - (index % FAULT_AROUND_PAGES);
  const from = Math.max(aligned, index - Math.min(index, vpn - vma.start));
  const to = Math.min(from + FAULT_AROUND_PAGES, mm.pmdPages, index + (vma.end - vpn));
  return { start: table + from, end: table + to };
}

/** The pages that a read fault maps if it can: from the first cached one on. */
interface FaultAround {
  readonly first: number;
  /** Frame of page `first`. */
  readonly pfn: number;
  readonly end: number;
  /** Folios that begin before the window or go on after it are mapped as a whole, if they fit. */
  readonly wholeFolios: boolean;
}

/**
 * Whether folios are mapped as a whole: the first one of the window decides. It must end before the last
 * page of the file, except in memory file systems (`can_map_large`).
 */
function mapsLarge(fault: FileFault, first: number, pfn: number): boolean {
  const { mm, file } = fault;
  if (!mm.system.arch.features.wholeFolioFaults) return false;
  if (file.fs.kind !== 'ext4') return true;
  const next = pgoffOf(fault, folioStart(mm, first, pfn)) + mm.system.memmap.folioNrPages(pfn);
  return next <= file.pages - 1;
}

/**
 * Looks for what the cache holds in the window.
 *
 * @returns null if that is nothing; also where the kernel gives up: only folios that it maps as a whole
 *   make it allocate a page table.
 * @kernel mm/filemap.c filemap_map_pages, filemap_map_pmd
 */
export function planFaultAround(fault: FileFault): FaultAround | null {
  const { mm, vpn, file } = fault;
  const { start, end } = faultAroundWindow(fault);
  for (let first = start; first < end; first++) {
    const pfn = file.cache.get(pgoffOf(fault, first));
    if (pfn === undefined) continue;
    const wholeFolios = mapsLarge(fault, first, pfn);
    const tableless = mm.system.arch.features.wholeFolioFaults && mm.pmd(vpn) === undefined;
    return tableless && !wholeFolios ? null : { first, pfn, end, wholeFolios };
  }
  return null;
}

/**
 * Calls `map` for every run of cached pages of one folio whose slots are free.
 *
 * @kernel mm/filemap.c filemap_map_folio_range
 */
export function eachRunAround(
  fault: FileFault,
  { first, end, wholeFolios }: FaultAround,
  free: (page: number) => boolean,
  map: (page: number, pfn: number, nr: number) => void,
): void {
  const { mm, vma, file } = fault;
  const last = Math.min(end, vma.start + (file.pages - vma.pgoff));
  for (let page = first; page < last;) {
    const pfn = file.cache.get(pgoffOf(fault, page));
    if (pfn === undefined) {
      page++;
      continue;
    }
    const start = folioStart(mm, page, pfn);
    const nr = mm.system.memmap.folioNrPages(pfn);
    const whole = wholeFolios && nr > 1 && folioFits(fault, start, nr);
    const from = whole ? start : page;
    const to = whole ? start + nr : Math.min(last, start + nr);
    mapFree(from, to, free, (run, count) => {
      map(run, pfn + (run - page), count);
    });
    page = to;
  }
}

/** Calls `map` for the runs of free slots in [from, to). */
function mapFree(
  from: number,
  to: number,
  free: (page: number) => boolean,
  map: (page: number, nr: number) => void,
): void {
  for (let page = from; page < to;) {
    let end = page;
    while (end < to && free(end)) end++;
    if (end > page) map(page, end - page);
    page = end + 1;
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
