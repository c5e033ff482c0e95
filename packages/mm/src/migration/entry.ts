import {
  joinMigrationOffset,
  splitMigrationOffset,
  type Arch,
  type MigrationOffset,
  type NonPresentEntry,
  type NonPresentKind,
  type Pte,
} from '@ptelab/pte';

/** True for the entry of a page that is on its way to another frame. */
export function isMigration(kind: NonPresentKind): boolean {
  return kind.startsWith('migration');
}

/** Kind of the migration entry for a page that was mapped writable, or exclusively. */
function migrationKind(writable: boolean, exclusive: boolean): NonPresentKind {
  if (writable) return 'migration-write';
  return exclusive ? 'migration-read-exclusive' : 'migration-read';
}

/**
 * Writes to `out` the migration entry that takes the place of `old`. It keeps all that the restore
 * needs: write permission, exclusivity, accessed, dirty, soft-dirty and userfaultfd's marker.
 *
 * @param pfn - frame of the page; of the head page for a huge mapping.
 * @kernel mm/rmap.c try_to_migrate_one, mm/huge_memory.c set_pmd_migration_entry
 */
export function makeMigrationEntry(
  arch: Arch,
  old: Readonly<Pte>,
  pfn: number,
  exclusive: boolean,
  out: Pte,
): void {
  const { bits } = old;
  const entry: NonPresentEntry = {
    kind: migrationKind(arch.pteWrite(bits), exclusive),
    type: 0,
    offset: joinMigrationOffset(
      { pfn, young: arch.pteYoung(bits), dirty: arch.pteDirty(bits) },
      arch.swapPfnBits,
    ),
    softDirty: arch.pteSoftDirty(bits),
    uffdWp: arch.pteUffdWp(bits),
    exclusive: false,
  };
  arch.encodeNonPresent(entry, out);
}

/** A migration entry, taken apart. */
export interface MigrationEntry extends MigrationOffset {
  readonly entry: NonPresentEntry;
}

/** Reads an entry; null if it is not one of a migration. */
export function readMigrationEntry(arch: Arch, pte: Readonly<Pte>): MigrationEntry | null {
  if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) return null;
  const entry = arch.decodeNonPresent(pte);
  if (!isMigration(entry.kind)) return null;
  return { entry, ...splitMigrationOffset(entry.offset, arch.swapPfnBits) };
}

/**
 * Bits of the restored entry. Dirty comes back only if the folio is dirty too: it may have been written
 * back meanwhile.
 *
 * @param bits - of an entry that maps the new frame with the VMA's protection.
 * @kernel mm/migrate.c remove_migration_pte
 */
export function restoredBits(
  arch: Arch,
  bits: number,
  migration: Omit<MigrationEntry, 'pfn'>,
  folioDirty: boolean,
): number {
  const { entry, young, dirty } = migration;
  let restored = young ? bits : arch.pteMkold(bits);
  if (folioDirty && dirty) restored = arch.pteMkdirty(restored);
  restored = entry.softDirty ? arch.pteMksoftDirty(restored) : arch.pteClearSoftDirty(restored);
  if (entry.kind === 'migration-write') return arch.pteMkwrite(restored);
  return entry.uffdWp ? arch.pteMkuffdWp(restored) : restored;
}

/**
 * As {@link restoredBits} for a huge entry, in another order: on x86 a dirty one comes back soft-dirty.
 *
 * @kernel mm/huge_memory.c remove_migration_pmd
 */
export function restoredPmdBits(
  arch: Arch,
  bits: number,
  { entry, young, dirty }: MigrationEntry,
  folioDirty: boolean,
): number {
  let restored = entry.softDirty ? arch.pteMksoftDirty(bits) : bits;
  if (entry.kind === 'migration-write') restored = arch.pteMkwrite(restored);
  if (entry.uffdWp) restored = arch.pteMkuffdWp(restored);
  if (!young) restored = arch.pteMkold(restored);
  return folioDirty && dirty ? arch.pteMkdirty(restored) : restored;
}
