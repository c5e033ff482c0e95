import { FOLIO_FLAG, PAGE_KIND } from '@ptelab/folio';
import type { System } from '../system.ts';
import type { BackedFile } from './backed-file.ts';
import { sharedAnonymousOrders, wantedOrder, type MissingPage } from './folio-order.ts';

/** What the test programs write: a byte that is not zero. */
const WRITTEN_BYTE = 0x33;

function rangeIsEmpty(file: BackedFile, first: number, nr: number): boolean {
  for (let i = first; i < first + nr; i++) if (file.cache.has(i)) return false;
  return true;
}

/**
 * Orders of the folio for a missing page, in the order in which memory is looked for: from the wanted
 * one down, those that no page of the cache is in the way of.
 */
export function missingFolioOrders(system: System, missing: MissingPage): number[] {
  const { file, pgoff } = missing;
  return candidateOrders(system, missing).filter((order) => {
    const nr = 2 ** order;
    return order === 0 || rangeIsEmpty(file, pgoff - (pgoff % nr), nr);
  });
}

/** Orders that are looked at, largest first. A fault in shmem has no others than those that are enabled. */
function candidateOrders(system: System, missing: MissingPage): number[] {
  const { fs } = missing.file;
  const wanted = wantedOrder(system, missing);
  if (missing.fault !== undefined && fs.kind === 'shared-anonymous') {
    return sharedAnonymousOrders(system, missing.fault);
  }
  if (missing.fault !== undefined && fs.kind === 'tmpfs') return wanted === 0 ? [0] : [wanted, 0];
  return Array.from({ length: wanted + 1 }, (_, i) => wanted - i);
}

/** Adds a clean, zeroed folio that covers the missing page; returns the page's frame, or null. */
function addFolio(system: System, missing: MissingPage): number | null {
  const { allocator, memmap } = system;
  const { file, pgoff } = missing;
  for (const order of missingFolioOrders(system, missing)) {
    const head = allocator.alloc(order);
    if (head === null) continue;
    const nr = 2 ** order;
    const first = pgoff - (pgoff % nr);
    memmap.initFolio(head, order, PAGE_KIND.FILE);
    memmap.folioRefAdd(head, nr - 1);
    if (file.fs.kind !== 'ext4') memmap.folioSet(head, FOLIO_FLAG.SWAPBACKED, true);
    system.lru.add(head, missing.fault !== undefined);
    for (let i = 0; i < nr; i++) file.cache.set(first + i, head + i);
    return head + (pgoff - first);
  }
  return null;
}

/** Frame of a page of the file, read or made if it is missing; null without memory. */
export function cachedPage(system: System, missing: MissingPage): number | null {
  return missing.file.cache.get(missing.pgoff) ?? addFolio(system, missing);
}

/**
 * `write(2)` of `nr` pages from page `first` on, `chunk` pages a call.
 */
export function writeFile(
  system: System,
  file: BackedFile,
  first: number,
  nr: number,
  chunk: number,
): void {
  const { memmap, lru } = system;
  let copied = -1;
  for (let i = 0; i < nr; i++) {
    const writePages = Math.min(chunk - (i % chunk), nr - i);
    const missing = !file.cache.has(first + i);
    const pfn = cachedPage(system, { file, pgoff: first + i, writePages });
    if (pfn === null) return;
    const head = memmap.folioHead(pfn);
    memmap.setContent(pfn, memmap.contents.filled(WRITTEN_BYTE));
    memmap.setFolioDirty(pfn, true);
    if (file.fs.kind === 'ext4') memmap.folioSet(pfn, FOLIO_FLAG.PRIVATE, true);
    else if (missing) memmap.folioSet(head, FOLIO_FLAG.REFERENCED, true);
    else if (head !== copied || i % chunk === 0) lru.markAccessed(head);
    copied = head;
  }
}
