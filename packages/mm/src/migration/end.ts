import type { BackedFile } from '../file/backed-file.ts';
import type { System } from '../system.ts';
import { removeMigrationPtes } from './restore.ts';

/** Puts the pages of folio `to` into the page cache in place of those of `from`. */
function replaceInCache(file: BackedFile, from: number, to: number, nr: number): void {
  for (const [pgoff, pfn] of file.cache) {
    if (pfn >= from && pfn < from + nr) file.cache.set(pgoff, to + (pfn - from));
  }
}

/** Moves what a folio holds, and all that is known of it, to new frames (`migrate_folio`). */
function moveFolio(system: System, from: number, to: number, file: BackedFile | null): void {
  const { memmap, lru } = system;
  const nr = memmap.folioNrPages(from);
  memmap.initFolio(to, memmap.folioOrder(from), memmap.pageKind(from));
  for (let i = 0; i < nr; i++) memmap.setContent(to + i, memmap.content(from + i));
  memmap.setFolioFlags(to, memmap.folioFlags(from));
  if (file !== null) {
    memmap.folioRefAdd(to, nr);
    replaceInCache(file, from, to, nr);
    memmap.folioPut(from, nr);
  }
  lru.add(to, false);
}

/**
 * Ends all migrations that {@link migrateStart} began: each folio gets new frames, its entries are
 * restored, the old frames are free. Without memory a folio stays where it was.
 *
 * @kernel mm/migrate.c migrate_folio_move
 */
export function migrateEnd(system: System): void {
  const { memmap, allocator, migrating } = system;
  for (const [head, file] of migrating) {
    const to = allocator.alloc(memmap.folioOrder(head));
    if (to !== null) moveFolio(system, head, to, file);
    removeMigrationPtes(system, head, to ?? head);
    if (to !== null) memmap.folioPut(to, 1);
    memmap.folioPut(head, 1);
  }
  migrating.clear();
}
