import { folioAddRmapPmd, folioAddRmapPtes } from '@ptelab/folio';
import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { HugePmd } from '../huge/huge-pmd.ts';
import type { System } from '../system.ts';
import { readMigrationEntry, restoredBits, restoredPmdBits, type MigrationEntry } from './entry.ts';

/** Maps page `pfn` again where a migration entry of it stood (`remove_migration_pte`). */
function restorePte(
  mm: AddressSpace,
  table: PteTable,
  index: number,
  migration: MigrationEntry,
  pfn: number,
): void {
  const { arch, memmap } = mm.system;
  const prot = mm.vmas.lookup(table.base + index)?.pageProt ?? 0;
  const pte = makePte();
  arch.pfnPte(pfn, prot, pte);
  pte.bits = restoredBits(arch, pte.bits, migration, memmap.folioDirty(pfn));
  memmap.folioRefAdd(pfn, 1);
  folioAddRmapPtes(memmap, mm.id, pfn, 1);
  if (memmap.isAnon(pfn) && migration.entry.kind !== 'migration-read') {
    memmap.setAnonExclusive(pfn, 1, true);
  }
  arch.setPtes(mm, table, index, pte, 1);
}

/** As {@link restorePte}, for a huge page (`remove_migration_pmd`). */
function restorePmd(mm: AddressSpace, pmd: HugePmd, migration: MigrationEntry, head: number): void {
  const { arch, memmap } = mm.system;
  const prot = mm.vmas.lookup(pmd.base)?.pageProt ?? 0;
  const { entry } = pmd;
  arch.pfnPmd(head, prot, entry);
  entry.bits = restoredPmdBits(arch, entry.bits, migration, memmap.folioDirty(head));
  memmap.folioRefAdd(head, 1);
  folioAddRmapPmd(memmap, mm.id, head);
  if (memmap.isAnon(head) && migration.entry.kind !== 'migration-read') {
    memmap.setAnonExclusive(head, 1, true);
  }
}

/**
 * Replaces all migration entries of folio `from` by entries that map folio `to`, page by page the same;
 * the two are one if the migration failed.
 *
 * @kernel mm/migrate.c remove_migration_ptes
 */
export function removeMigrationPtes(system: System, from: number, to: number): void {
  const { arch, memmap, spaces } = system;
  const nr = memmap.folioNrPages(from);
  const pte: Pte = makePte();
  const ofFolio = (entry: Readonly<Pte>): MigrationEntry | null => {
    const migration = readMigrationEntry(arch, entry);
    return migration !== null && migration.pfn >= from && migration.pfn < from + nr
      ? migration
      : null;
  };
  for (const mm of spaces) {
    for (const pmd of mm.hugePmds()) {
      const migration = ofFolio(pmd.entry);
      if (migration !== null) restorePmd(mm, pmd, migration, to);
    }
    for (const table of mm.tables()) {
      for (let index = 0; index < table.length; index++) {
        table.peek(index, pte);
        const migration = ofFolio(pte);
        if (migration === null) continue;
        restorePte(mm, table, index, migration, to + (migration.pfn - from));
      }
    }
  }
}
