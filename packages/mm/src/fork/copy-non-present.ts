import { MARKER_GUARD, MARKER_POISONED, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { isMigration } from '../migration/entry.ts';
import { UnsupportedError } from '../unsupported.ts';
import { isCowMapping, type Vma } from '../vma/vma.ts';

/**
 * Copies a non-present entry to the child. A page that is swapped out or migrates is exclusive to nobody
 * from then on; of markers guards and poison are inherited, userfaultfd's are not.
 *
 * @kernel mm/memory.c copy_nonpresent_pte, copy_pte_marker
 */
export function copyNonPresentPte(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  from: PteTable,
  index: number,
  source: Pte,
): void {
  const { arch, swap } = parent.system;
  const entry = arch.decodeNonPresent(source);
  if (entry.kind === 'marker') {
    const offset = entry.offset & (MARKER_GUARD | MARKER_POISONED);
    if (offset === 0) return;
    arch.encodeNonPresent({ ...entry, offset }, source);
    arch.setPtes(child, child.allocTable(from.base), index, source, 1);
    return;
  }
  if (entry.kind.startsWith('device')) throw new UnsupportedError(`fork of a ${entry.kind} entry`);
  let shared = entry;
  if (entry.kind === 'swap') {
    swap.duplicate(entry.offset);
    shared = { ...entry, exclusive: false };
  } else if (isMigration(entry.kind) && isCowMapping(vma.flags)) {
    shared = { ...entry, kind: 'migration-read' };
  }
  if (shared.kind !== entry.kind || shared.exclusive !== entry.exclusive) {
    arch.encodeNonPresent(shared, source);
    arch.setPtes(parent, from, index, source, 1);
  }
  arch.encodeNonPresent({ ...shared, uffdWp: false }, source);
  arch.setPtes(child, child.allocTable(from.base), index, source, 1);
}
