import { FOLIO_FLAG } from './folio-flags.ts';
import type { Memmap } from './memmap.ts';

/*
 * Reverse-map accounting: who maps a page, and whether it is exclusive to one address space.
 * Kernel: mm/rmap.c and include/linux/rmap.h. `mm` is the id of an address space.
 */

function addMapcounts(mem: Memmap, mm: number, pfn: number, nr: number): void {
  const section = mem.ownSection(pfn);
  const at = pfn - section.base;
  for (let i = at; i < at + nr; i++)
    section.frames.mapcount[i] = (section.frames.mapcount[i] ?? 0) + 1;
  if (mem.folioOrder(pfn) === 0) return;
  const head = mem.folioHead(pfn);
  const headAt = head - section.base;
  section.frames.largeMapcount[headAt] = (section.frames.largeMapcount[headAt] ?? 0) + nr;
  mem.mmIds.add(head, mm, nr);
}

/** Maps `nr` pages of a new anonymous folio, all exclusive to this address space. */
export function folioAddNewAnonRmap(mem: Memmap, mm: number, pfn: number, nr: number): void {
  addMapcounts(mem, mm, pfn, nr);
  mem.setAnonExclusive(pfn, nr, true);
  mem.folioSet(pfn, FOLIO_FLAG.SWAPBACKED, true);
}

/** Maps `nr` more pages of a folio that is already in use. */
export function folioAddRmapPtes(mem: Memmap, mm: number, pfn: number, nr: number): void {
  addMapcounts(mem, mm, pfn, nr);
}

/**
 * Fork: maps `nr` anonymous pages in the child too. They are exclusive to nobody from then on.
 *
 * Returns false, and changes nothing, if a page is pinned and exclusive: the child then needs its own
 * copy.
 *
 * @param pinned - the parent may have pinned the folio (`folio_needs_cow_for_dma`).
 */
export function folioTryDupAnonRmapPtes(
  mem: Memmap,
  child: number,
  pfn: number,
  nr: number,
  pinned: boolean,
): boolean {
  if (pinned) {
    for (let i = 0; i < nr; i++) if (mem.anonExclusive(pfn + i)) return false;
  }
  mem.setAnonExclusive(pfn, nr, false);
  addMapcounts(mem, child, pfn, nr);
  return true;
}

/** Takes `nr` page mappings away. References are dropped by the caller. */
export function folioRemoveRmapPtes(mem: Memmap, mm: number, pfn: number, nr: number): void {
  const section = mem.ownSection(pfn);
  const at = pfn - section.base;
  for (let i = at; i < at + nr; i++)
    section.frames.mapcount[i] = (section.frames.mapcount[i] ?? 0) - 1;
  if (mem.folioOrder(pfn) === 0) return;
  const head = mem.folioHead(pfn);
  const headAt = head - section.base;
  section.frames.largeMapcount[headAt] = (section.frames.largeMapcount[headAt] ?? 0) - nr;
  mem.mmIds.remove(head, mm, nr);
}

/** Maps a whole folio by one PMD. PageAnonExclusive of such a folio stands on its head page. */
export function folioAddNewAnonRmapPmd(mem: Memmap, mm: number, head: number): void {
  folioAddRmapPmd(mem, mm, head);
  mem.setAnonExclusive(head, 1, true);
  mem.folioSet(head, FOLIO_FLAG.SWAPBACKED, true);
}

/** Maps a folio that is already in use by one PMD. */
export function folioAddRmapPmd(mem: Memmap, mm: number, head: number): void {
  const section = mem.ownSection(head);
  const at = head - section.base;
  section.frames.entireMapcount[at] = (section.frames.entireMapcount[at] ?? 0) + 1;
  section.frames.largeMapcount[at] = (section.frames.largeMapcount[at] ?? 0) + 1;
  mem.mmIds.add(head, mm, 1);
}

/** Fork of a PMD mapping; see {@link folioTryDupAnonRmapPtes}. */
export function folioTryDupAnonRmapPmd(
  mem: Memmap,
  child: number,
  head: number,
  pinned: boolean,
): boolean {
  if (pinned && mem.anonExclusive(head)) return false;
  mem.setAnonExclusive(head, 1, false);
  folioAddRmapPmd(mem, child, head);
  return true;
}

/** Takes a PMD mapping away. */
export function folioRemoveRmapPmd(mem: Memmap, mm: number, head: number): void {
  const section = mem.ownSection(head);
  const at = head - section.base;
  section.frames.entireMapcount[at] = (section.frames.entireMapcount[at] ?? 0) - 1;
  section.frames.largeMapcount[at] = (section.frames.largeMapcount[at] ?? 0) - 1;
  mem.mmIds.remove(head, mm, 1);
}
