import { makePte, type NonPresentEntry, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import type { System } from '../system.ts';

/**
 * Reads one page back without a fault: old, clean and read-only until somebody uses it.
 *
 * @kernel mm/swapfile.c unuse_pte
 */
function unusePte(mm: AddressSpace, table: PteTable, index: number, entry: NonPresentEntry): void {
  const { arch, memmap, allocator, swap } = mm.system;
  const vma = mm.vmas.lookup(table.base + index);
  const pfn = allocator.alloc(0);
  if (vma === undefined || pfn === null) return;
  newAnonFolio(mm, vma, pfn, 0, entry.exclusive);
  memmap.setContent(pfn, swap.read(entry.offset));
  swap.free(entry.offset);
  const pte = makePte();
  arch.pfnPte(pfn, vma.pageProt, pte);
  pte.bits = arch.pteMkold(pte.bits);
  if (entry.softDirty) pte.bits = arch.pteMksoftDirty(pte.bits);
  if (entry.uffdWp) pte.bits = arch.pteMkuffdWp(pte.bits);
  arch.setPtes(mm, table, index, pte, 1);
}

/** `swapoff`: brings every page of every address space back from the device. */
export function swapoff(system: System): void {
  const { arch } = system;
  const pte = makePte();
  for (const mm of system.spaces) {
    for (const table of mm.tables()) {
      for (let index = 0; index < table.length; index++) {
        table.peek(index, pte);
        if (arch.pteNone(pte) || arch.ptePresent(pte.bits)) continue;
        const entry = arch.decodeNonPresent(pte);
        if (entry.kind === 'swap') unusePte(mm, table, index, entry);
      }
    }
  }
}
