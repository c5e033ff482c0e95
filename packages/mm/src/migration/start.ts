import { folioRemoveRmapPmd, folioRemoveRmapPtes } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { BackedFile } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { mappingsOf, type PageMapping } from '../rmap-walk.ts';
import type { System } from '../system.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { makeMigrationEntry } from './entry.ts';
import { removeMigrationPtes } from './restore.ts';

/**
 * Takes exclusivity from an anonymous page that is about to lose its mapping; the entry remembers it.
 * False for a pinned page: the device would be left behind.
 *
 * @kernel include/linux/rmap.h folio_try_share_anon_rmap_pte, folio_try_share_anon_rmap_pmd
 */
function tryShareAnonRmap({ memmap }: System, pfn: number): boolean {
  if (memmap.folioMaybePinned(pfn)) return false;
  memmap.setAnonExclusive(pfn, 1, false);
  return true;
}

/** Puts a migration entry in the place of one that maps a page (`try_to_migrate_one`). */
function tryToMigratePte(system: System, { mm, table, index, pfn }: PageMapping): boolean {
  const { arch, memmap } = system;
  const old = makePte();
  arch.ptepClearFlush(mm, table, index, old);
  if (arch.pteDirty(old.bits)) memmap.setFolioDirty(pfn, true);
  const exclusive = memmap.isAnon(pfn) && memmap.anonExclusive(pfn);
  if (exclusive && !tryShareAnonRmap(system, pfn)) {
    arch.setPtes(mm, table, index, old, 1);
    return false;
  }
  const entry = makePte();
  makeMigrationEntry(arch, old, pfn, exclusive, entry);
  arch.setPtes(mm, table, index, entry, 1);
  folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
  memmap.folioPut(pfn, 1);
  return true;
}

/** As {@link tryToMigratePte}, for a huge mapping (`set_pmd_migration_entry`). */
function tryToMigratePmd(system: System, mm: AddressSpace, pmd: HugePmd): boolean {
  const { arch, memmap } = system;
  const head = arch.pmdPfn(pmd.entry);
  arch.flushPmdTlbRange(mm, pmd.base);
  const exclusive = memmap.isAnon(head) && memmap.anonExclusive(head);
  if (exclusive && !tryShareAnonRmap(system, head)) return false;
  if (arch.pteDirty(pmd.entry.bits)) memmap.setFolioDirty(head, true);
  makeMigrationEntry(arch, { ...pmd.entry }, head, exclusive, pmd.entry);
  folioRemoveRmapPmd(memmap, mm.id, head);
  memmap.folioPut(head, 1);
  return true;
}

/** Unmaps a folio everywhere; false if it stays mapped somewhere (`try_to_migrate`). */
function tryToMigrate(system: System, head: number): boolean {
  const { arch, memmap, spaces } = system;
  for (const mm of spaces) {
    for (const pmd of mm.hugePmds()) {
      const maps = arch.ptePresent(pmd.entry.bits) && arch.pmdPfn(pmd.entry) === head;
      if (maps && !tryToMigratePmd(system, mm, pmd)) return false;
    }
  }
  for (const mapping of mappingsOf(system, head, memmap.folioNrPages(head))) {
    if (!tryToMigratePte(system, mapping)) return false;
  }
  return true;
}

/** Folios that pages [start, end) map, in order, each with the file that it belongs to. */
function foliosOf(mm: AddressSpace, start: number, end: number): Map<number, BackedFile | null> {
  const { arch, memmap, hugeZeroPfn } = mm.system;
  const found = new Map<number, BackedFile | null>();
  const pte = makePte();
  for (let vpn = start; vpn < end; vpn++) {
    const pmd = mm.pmd(vpn);
    let page = NO_PAGE;
    if (pmd instanceof HugePmd) {
      const { entry } = pmd;
      if (arch.ptePresent(entry.bits) && arch.pmdPfn(entry) !== hugeZeroPfn) {
        page = arch.pmdPfn(entry);
      }
    } else if (pmd !== undefined) {
      arch.ptepGet(mm, pmd, vpn - pmd.base, pte);
      if (arch.ptePresent(pte.bits)) page = vmNormalPage(mm, pte);
    }
    if (page === NO_PAGE) continue;
    const file = memmap.isAnon(page) ? null : (mm.vmas.lookup(vpn)?.file ?? null);
    if (file !== null && !(file instanceof BackedFile)) {
      throw new UnsupportedError('migration of a page of a file without a page cache');
    }
    found.set(memmap.folioHead(page), file);
  }
  return found;
}

/**
 * Begins to move the folios that pages [start, end) map to other frames: in every address space a
 * migration entry takes the place of each entry that maps them. Whoever touches one waits for
 * {@link migrateEnd}. Large folios move as a whole. A pinned folio stays where it is: what was already
 * taken down is restored at once.
 *
 * @returns the folios that are on their way.
 * @throws UnsupportedError for mappings of files without a page cache.
 * @kernel mm/migrate.c migrate_pages, migrate_folio_unmap (MIGRATE_SYNC)
 */
export function migrateStart(mm: AddressSpace, start: number, end: number): number {
  const { system } = mm;
  const { memmap, lru, migrating } = system;
  lru.drain();
  let started = 0;
  for (const [head, file] of foliosOf(mm, start, end)) {
    memmap.folioRefAdd(head, 1); // isolated from the lists of reclaim
    if (tryToMigrate(system, head) && !memmap.folioMaybePinned(head)) {
      migrating.set(head, file);
      started++;
    } else {
      removeMigrationPtes(system, head, head);
      memmap.folioPut(head, 1);
    }
  }
  return started;
}
