import type { PteTable } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';
import type { System } from './system.ts';

/** One entry that maps a page. */
export interface PageMapping {
  readonly mm: AddressSpace;
  readonly table: PteTable;
  readonly index: number;
  /** Frame that the entry maps. */
  readonly pfn: number;
}

/**
 * Finds every entry, in any address space, that maps one of the frames [first, first + nr).
 *
 * The kernel keeps lists for this; the model looks through all page tables, which is slow and can't
 * be wrong.
 *
 * @kernel mm/rmap.c rmap_walk
 */
export function mappingsOf(system: System, first: number, nr: number): PageMapping[] {
  const { arch } = system;
  const found: PageMapping[] = [];
  const pte = { pfn: 0, bits: 0 };
  for (const mm of system.spaces) {
    for (const table of mm.tables()) {
      for (let index = 0; index < table.length; index++) {
        table.peek(index, pte);
        if (!arch.ptePresent(pte.bits) || arch.pteSpecial(pte.bits)) continue;
        const pfn = arch.ptePfn(pte);
        if (pfn >= first && pfn < first + nr) found.push({ mm, table, index, pfn });
      }
    }
  }
  return found;
}
