import { folioRemoveRmapPtes } from '@ptelab/folio';
import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { faultWaits } from '../fault/fault-result.ts';
import { doSwapPage } from '../fault/swap.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { isMigration } from '../migration/entry.ts';
import { newAnonHugeFolio } from '../new-anon-folio.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import type { Vma } from '../vma/vma.ts';
import type { ScanResult } from './scan-result.ts';

const pte: Pte = makePte();

function isNoneOrZero(mm: AddressSpace, entry: Readonly<Pte>): boolean {
  const { arch, zeroPfn } = mm.system;
  if (arch.pteNone(entry)) return true;
  return arch.ptePresent(entry.bits) && arch.ptePfn(entry) === zeroPfn;
}

/**
 * Looks at one present entry. A page with more references than mappings may be in use by a device: its
 * content could change while it is copied.
 */
function scanPresent(mm: AddressSpace, entry: Readonly<Pte>): ScanResult {
  const { arch, memmap } = mm.system;
  if (arch.pteUffdWp(entry.bits)) return 'pte-uffd-wp';
  const page = vmNormalPage(mm, entry);
  if (page === NO_PAGE) return 'page-null';
  if (!memmap.isAnon(page)) return 'page-anon';
  return memmap.folioRefcount(page) === memmap.folioMapcount(page) ? 'succeed' : 'page-count';
}

/** Looks at an entry that maps nothing; what is swapped out can be read back. */
function scanAbsent(mm: AddressSpace, entry: Readonly<Pte>): ScanResult {
  const { kind, uffdWp, offset } = mm.system.arch.decodeNonPresent(entry);
  if (uffdWp || (kind === 'marker' && (offset & 1) !== 0)) return 'pte-uffd-wp';
  if (isMigration(kind)) throw new UnsupportedError('MADV_COLLAPSE that waits for a migration');
  if (kind === 'marker') return 'fail'; // a guard or poison: reading it back ends in a signal
  if (kind !== 'swap') throw new UnsupportedError(`MADV_COLLAPSE of a ${kind} entry`);
  return 'succeed';
}

/**
 * True if the entries may become one huge page. Holes and zero pages do, unless userfaultfd watches them;
 * so do shared pages, which are copied. Up to 6.17 one entry had to be writable.
 *
 * @param swappedIn - nothing is swapped out any more (`__collapse_huge_page_isolate`).
 * @kernel mm/khugepaged.c hpage_collapse_scan_pmd, __collapse_huge_page_isolate
 */
function scanTable(mm: AddressSpace, vma: Vma, table: PteTable, swappedIn: boolean): ScanResult {
  const { arch } = mm.system;
  let writable = arch.features.collapseReadOnly;
  for (let index = 0; index < table.length; index++) {
    arch.ptepGet(mm, table, index, pte);
    let result: ScanResult = 'succeed';
    if (isNoneOrZero(mm, pte)) {
      if (vma.uffd !== 0) result = 'exceed-none';
    } else if (arch.ptePresent(pte.bits)) {
      result = scanPresent(mm, pte);
      if (arch.pteWrite(pte.bits)) writable = true;
    } else result = swappedIn ? 'pte-non-present' : scanAbsent(mm, pte);
    if (result !== 'succeed') return result;
  }
  return writable ? 'succeed' : 'page-ro';
}

/** Reads swapped pages back, one fault each (`__collapse_huge_page_swapin`). */
function swapIn(mm: AddressSpace, vma: Vma, table: PteTable): ScanResult {
  const { arch, lru } = mm.system;
  for (let index = 0; index < table.length; index++) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) continue;
    const entry = arch.decodeNonPresent(pte);
    const result = doSwapPage(mm, vma, table.base + index, table, entry, false);
    if (result === 'major') continue;
    if (faultWaits(result)) throw new UnsupportedError(`MADV_COLLAPSE that waits for ${result}`);
    if (result !== 'ok') return 'fail';
  }
  lru.drain();
  return 'succeed';
}

/**
 * Copies what the entries map into the huge page and takes them down. Nobody sees the table any more: its
 * entries are cleared one by one without a flush.
 *
 * @kernel mm/khugepaged.c __collapse_huge_page_copy, __collapse_huge_page_copy_succeeded
 */
function copyPages(mm: AddressSpace, table: PteTable, head: number): void {
  const { arch, memmap } = mm.system;
  for (let index = 0; index < table.length; index++) {
    arch.ptepGet(mm, table, index, pte);
    if (arch.pteNone(pte)) continue;
    const zero = isNoneOrZero(mm, pte);
    const page = arch.ptePfn(pte);
    arch.getAndClearFullPtes(mm, table, index, 1, pte);
    if (zero) continue;
    memmap.setContent(head + index, memmap.content(page));
    folioRemoveRmapPtes(memmap, mm.id, page, 1);
    memmap.folioPut(page, 1);
  }
}

/**
 * Replaces the 512 entries of anonymous memory from page `base` on by one huge page that holds a copy of
 * all they mapped: exclusive, dirty, and writable if the VMA is.
 *
 * @throws UnsupportedError for entries of migrations and of device memory.
 * @kernel mm/khugepaged.c hpage_collapse_scan_pmd, collapse_huge_page
 */
export function collapseAnon(mm: AddressSpace, vma: Vma, base: number): ScanResult {
  const { arch, allocator, thp } = mm.system;
  const table = mm.pmd(base);
  if (table instanceof HugePmd)
    return arch.ptePresent(table.entry.bits) ? 'pmd-mapped' : 'pmd-null';
  if (table === undefined) return 'pmd-null';
  const scanned = scanTable(mm, vma, table, false);
  if (scanned !== 'succeed') return scanned;
  const head = allocator.alloc(thp.pmdOrder);
  if (head === null) return 'alloc-fail';
  const swapped = swapIn(mm, vma, table);
  if (swapped !== 'succeed') return swapped;
  // The table is out of reach from here on (pmdp_collapse_flush), and comes back if it must.
  mm.setPmd(base, undefined);
  arch.flushTlbRange(mm, { start: base, end: base + mm.pmdPages, stride: 1 });
  const isolated = scanTable(mm, vma, table, true);
  if (isolated !== 'succeed') {
    mm.setPmd(base, table);
    return isolated;
  }
  newAnonHugeFolio(mm, vma, head);
  copyPages(mm, table, head);
  const entry = makePte();
  arch.pfnPmd(head, vma.pageProt, entry);
  entry.bits = maybeMkwrite(mm, vma, arch.pteMkdirty(entry.bits));
  mm.setPmd(base, new HugePmd(base, entry));
  return 'succeed';
}
