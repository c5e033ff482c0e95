import { makePte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';

/** True if `nr` entries from `index` on are empty (`pte_range_none`). */
export function rangeIsNone(mm: AddressSpace, table: PteTable, index: number, nr: number): boolean {
  const pte = makePte();
  for (let i = index; i < index + nr; i++) {
    table.peek(i, pte);
    if (!mm.system.arch.pteNone(pte)) return false;
  }
  return true;
}
