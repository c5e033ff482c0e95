import { FOLIO_FLAG, folioAddRmapPtes, folioRemoveRmapPtes, PAGE_KIND } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import { splitHugePmd } from '../huge/split.ts';
import { makeMigrationEntry, readMigrationEntry, restoredBits } from '../migration/entry.ts';
import { mappingsOf, type PageMapping } from '../rmap-walk.ts';
import type { System } from '../system.ts';
import { VM_LOCKED } from '../vma/flags.ts';
import { zeroPageEntry } from '../zero-page.ts';

/**
 * What the entry of a page looks like after its folio was split: it went through a migration entry
 * and came back with the VMA's protection and what the migration entry carries.
 *
 * @kernel mm/migrate.c remove_migration_pte
 */
function bitsAfterSplit({ arch }: System, { mm, table, index, pfn }: PageMapping): number {
  const pte = makePte();
  table.peek(index, pte);
  makeMigrationEntry(arch, pte, pfn, false, pte);
  const migration = readMigrationEntry(arch, pte);
  arch.pfnPte(pfn, mm.vmas.lookup(table.base + index)?.pageProt ?? 0, pte);
  return migration === null ? pte.bits : restoredBits(arch, pte.bits, migration, true);
}

/** Splits the huge mappings of the folio, so that only single entries map it. */
function splitHugeMappings({ arch, spaces }: System, head: number): void {
  for (const mm of spaces) {
    for (const pmd of mm.hugePmds()) {
      const mapsIt = arch.ptePresent(pmd.entry.bits) && arch.pmdPfn(pmd.entry) === head;
      if (mapsIt) splitHugePmd(mm, pmd);
    }
  }
}

/** Flags that the pages of a folio inherit (`__split_folio_to_order`). */
const SPLIT_KEEPS =
  FOLIO_FLAG.REFERENCED |
  FOLIO_FLAG.ACTIVE |
  FOLIO_FLAG.SWAPBACKED |
  FOLIO_FLAG.MLOCKED |
  FOLIO_FLAG.UNEVICTABLE |
  FOLIO_FLAG.DIRTY;

/**
 * Splits a large anonymous folio into single pages; entries that mapped it map the same frames
 * afterwards. Pages that nobody maps are freed.
 *
 * @returns false if somebody else holds a reference, and nothing was done.
 * @kernel mm/huge_memory.c split_folio
 */
export function splitFolio(system: System, head: number): boolean {
  const { arch, memmap } = system;
  if (memmap.folioRefcount(head) !== memmap.folioMapcount(head)) return false;
  splitHugeMappings(system, head);
  const nr = memmap.folioNrPages(head);
  const mappings = mappingsOf(system, head, nr);
  const dirty =
    memmap.folioDirty(head) ||
    mappings.some(({ table, index }) => arch.pteDirty(table.bits[index] ?? 0));
  const flags = memmap.folioFlags(head) & SPLIT_KEEPS;
  const exclusive = Array.from({ length: nr }, (_, i) => memmap.anonExclusive(head + i));
  const contents = Array.from({ length: nr }, (_, i) => memmap.content(head + i));
  const restored = mappings.map((mapping) => bitsAfterSplit(system, mapping));
  const cleared = makePte();
  for (const { mm, table, index, pfn } of mappings) {
    arch.ptepClearFlush(mm, table, index, cleared); // a split leaves no flush for later, unlike reclaim
    folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
  }
  for (let i = 0; i < nr; i++) {
    const pfn = head + i;
    memmap.initFolio(pfn, 0, PAGE_KIND.ANON);
    memmap.setFolioFlags(pfn, flags);
    memmap.setFolioDirty(pfn, dirty);
    memmap.setContent(pfn, contents[i] ?? 0);
    memmap.setAnonExclusive(pfn, 1, exclusive[i] === true);
  }
  for (const [i, mapping] of mappings.entries()) {
    if (becomesZeroPage(system, mapping)) mapZeroPage(system, mapping, restored[i] ?? 0);
    else restoreMapping(system, mapping, restored[i] ?? 0);
  }
  for (let i = 0; i < nr; i++) if (memmap.mapcount(head + i) === 0) memmap.folioPut(head + i, 1);
  return true;
}

function restoreMapping(system: System, mapping: PageMapping, bits: number): void {
  const { arch, memmap } = system;
  const { mm, table, index, pfn } = mapping;
  const entry = makePte();
  arch.pfnPte(pfn, bits, entry);
  arch.setPtes(mm, table, index, entry, 1);
  if (memmap.mapcount(pfn) > 0) memmap.folioRefAdd(pfn, 1);
  folioAddRmapPtes(memmap, mm.id, pfn, 1);
}

/**
 * A page of the folio that was never written, or holds zeroes again, is not worth keeping.
 *
 * @kernel mm/migrate.c try_to_map_unused_to_zeropage (6.12 on)
 */
function becomesZeroPage(system: System, { mm, table, index, pfn }: PageMapping): boolean {
  const vma = mm.vmas.lookup(table.base + index);
  return system.memmap.content(pfn) === 0 && vma !== undefined && (vma.flags & VM_LOCKED) === 0;
}

function mapZeroPage(system: System, mapping: PageMapping, old: number): void {
  const { arch } = system;
  const { mm, table, index } = mapping;
  const vma = mm.vmas.lookup(table.base + index);
  const entry = zeroPageEntry(system, vma?.pageProt ?? 0);
  if (arch.pteSoftDirty(old)) entry.bits = arch.pteMksoftDirty(entry.bits);
  if (arch.pteUffdWp(old)) entry.bits = arch.pteMkuffdWp(entry.bits);
  arch.setPtes(mm, table, index, entry, 1);
}
