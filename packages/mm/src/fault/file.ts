import { folioAddNewAnonRmap, folioAddRmapPmd, folioAddRmapPtes, PAGE_KIND } from '@ptelab/folio';
import { makePte, type PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile } from '../file/backed-file.ts';
import { cachedPage } from '../file/page-cache.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { UnsupportedError } from '../unsupported.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { isShared, userfaultfdWp, vmaWritable, type Vma } from '../vma/vma.ts';

/** log2 of the pages that a read fault maps around itself (fault_around_bytes, 64 KiB). */
const FAULT_AROUND_PAGES = 16;

/** A fault in a file mapping. */
export interface FileFault {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly file: BackedFile;
  readonly vpn: number;
  readonly write: boolean;
  /** The slot held a userfaultfd marker: what is mapped stays protected. */
  readonly writeProtected: boolean;
}

function pgoffOf({ vma }: FileFault, vpn: number): number {
  return vma.pgoff + (vpn - vma.start);
}

/**
 * Maps `nr` pages of one folio. Pages mapped ahead of use are old where hardware sets the access flag.
 *
 * @kernel mm/memory.c set_pte_range
 */
function setPteRange(
  fault: FileFault,
  table: PteTable,
  start: number,
  pfn: number,
  nr: number,
): void {
  const { mm, vma, vpn, write, writeProtected } = fault;
  const { arch, memmap } = mm.system;
  const prefault = vpn < start || vpn >= start + nr;
  const pte = makePte();
  arch.pfnPte(pfn, vma.pageProt, pte);
  if (prefault && arch.wantsOldPrefaultedPte) pte.bits = arch.pteMkold(pte.bits);
  if (write) {
    pte.bits = arch.pteMkdirty(pte.bits);
    if (vmaWritable(vma)) pte.bits = arch.pteMkwrite(pte.bits);
  } else if (arch.features.faultMapsDirtyDirty && arch.pteWrite(pte.bits) && folioDirty(mm, pfn)) {
    pte.bits = arch.pteMkdirty(pte.bits);
  }
  if (writeProtected) pte.bits = arch.pteMkuffdWp(pte.bits);
  if (memmap.isAnon(pfn)) folioAddNewAnonRmap(memmap, mm.id, pfn, nr);
  else {
    memmap.folioRefAdd(pfn, nr);
    folioAddRmapPtes(memmap, mm.id, pfn, nr);
  }
  arch.setPtes(mm, table, start - table.base, pte, nr);
}

function folioDirty(mm: AddressSpace, pfn: number): boolean {
  const { memmap } = mm.system;
  const head = memmap.folioHead(pfn);
  const section = memmap.section(head);
  return section.dirty[head - section.base] === 1;
}

/** First virtual page of the folio that page `vpn` shows, if the VMA went on far enough. */
function folioStart(mm: AddressSpace, vpn: number, pfn: number): number {
  return vpn - (pfn - mm.system.memmap.folioHead(pfn));
}

/** Maps a whole huge folio by one PMD, if the VMA covers it and the addresses agree (`do_set_pmd`). */
function doSetPmd(fault: FileFault, vpn: number, pfn: number): boolean {
  const { mm, vma, write } = fault;
  const { arch, memmap, thp } = mm.system;
  if (mm.pmd(vpn) !== undefined || memmap.folioOrder(pfn) !== thp.pmdOrder) return false;
  const start = folioStart(mm, vpn, pfn);
  const fits = start % mm.pmdPages === 0 && start >= vma.start && start + mm.pmdPages <= vma.end;
  if (!fits) return false;
  const head = memmap.folioHead(pfn);
  const entry = makePte();
  arch.pfnPmd(head, vma.pageProt, entry);
  if (write) {
    entry.bits = arch.pteMkdirty(entry.bits);
    if (vmaWritable(vma)) entry.bits = arch.pteMkwrite(entry.bits);
  }
  memmap.folioRefAdd(head, 1);
  folioAddRmapPmd(memmap, mm.id, head);
  mm.setPmd(start, new HugePmd(start, entry));
  return true;
}

/** True if the folio lies inside the VMA and one page table. */
function folioFits(fault: FileFault, start: number, nr: number): boolean {
  const { mm, vma } = fault;
  return (
    start >= vma.start &&
    start + nr <= vma.end &&
    mm.pmdIndex(start) === mm.pmdIndex(start + nr - 1)
  );
}

/**
 * The pages that a read fault maps: 16 around it, inside the VMA and the page table. Since 6.18 all of
 * the faulting page's folio, if it fits.
 *
 * @kernel mm/memory.c do_fault_around, mm/filemap.c filemap_map_pages
 */
function faultAroundWindow(fault: FileFault): { start: number; end: number } {
  const { mm, vma, vpn, file } = fault;
  const { features } = mm.system.arch;
  const table = vpn - (vpn % mm.pmdPages);
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
function doFaultAround(fault: FileFault): boolean {
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

/** True if a fault maps all of a large folio rather than one page of it. */
function mapsWholeFolio({ mm, file }: FileFault): boolean {
  return file.fs.kind === 'shared-anonymous' || mm.system.arch.features.wholeFolioFaults;
}

/**
 * Maps the page that a fault brought in, with its folio where that is allowed.
 *
 * @kernel mm/memory.c finish_fault
 */
function finishFault(fault: FileFault, pfn: number): void {
  const { mm, vma, vpn } = fault;
  const { arch, memmap } = mm.system;
  if (doSetPmd(fault, vpn, pfn)) return;
  const table = mm.allocTable(vpn);
  const nr = memmap.folioNrPages(pfn);
  const start = folioStart(mm, vpn, pfn);
  const whole = nr > 1 && vma.uffd === 0 && mapsWholeFolio(fault) && folioFits(fault, start, nr);
  if (whole && rangeIsNone(mm, table, start, nr)) {
    setPteRange(fault, table, start, memmap.folioHead(pfn), nr);
    return;
  }
  const pte = makePte();
  arch.ptepGet(mm, table, vpn - table.base, pte);
  setPteRange(fault, table, vpn, pfn, 1);
}

function rangeIsNone(mm: AddressSpace, table: PteTable, start: number, nr: number): boolean {
  const pte = makePte();
  for (let vpn = start; vpn < start + nr; vpn++) {
    table.peek(vpn - table.base, pte);
    if (!mm.system.arch.pteNone(pte)) return false;
  }
  return true;
}

/** A write to a private page that is not there: a fresh copy of the file's page (`do_cow_fault`). */
function doCowFault(fault: FileFault, source: number): 'ok' | 'SIGBUS' {
  const { mm, vma, vpn } = fault;
  const { memmap, allocator } = mm.system;
  anonVmaPrepare(mm, vma);
  const pfn = allocator.alloc(0);
  if (pfn === null) return 'SIGBUS';
  memmap.initFolio(pfn, 0, PAGE_KIND.ANON);
  memmap.setContent(pfn, memmap.content(source));
  setPteRange(fault, mm.allocTable(vpn), vpn, pfn, 1);
  return 'ok';
}

/**
 * A fault on an empty slot of a file mapping.
 *
 * @throws UnsupportedError for files without a page cache.
 * @kernel mm/memory.c do_fault: do_read_fault, do_cow_fault, do_shared_fault
 */
export function doFault(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
  writeProtected: boolean,
): 'ok' | 'SIGBUS' {
  const { file } = vma;
  if (!(file instanceof BackedFile)) throw new UnsupportedError('a fault in a file without pages');
  const fault: FileFault = { mm, vma, file, vpn, write, writeProtected };
  const pgoff = pgoffOf(fault, vpn);
  if (pgoff >= file.pages) return 'SIGBUS';
  if (!write && !userfaultfdWp(vma) && doFaultAround(fault)) return 'ok';
  const pfn = cachedPage(mm.system, { file, pgoff, writePages: 0, fault: { vma, vpn } });
  if (pfn === null) return 'SIGBUS';
  if (write && !isShared(vma)) return doCowFault(fault, pfn);
  finishFault(fault, pfn);
  // Shared: page_mkwrite has told the file system; the folio is dirty from here on.
  if (write) mm.system.memmap.setFolioDirty(pfn, true);
  return 'ok';
}
