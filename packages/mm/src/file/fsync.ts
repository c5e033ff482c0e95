import { makePte } from '@ptelab/pte';
import { mappingsOf } from '../rmap-walk.ts';
import type { System } from '../system.ts';
import type { BackedFile } from './backed-file.ts';

/**
 * Takes dirtiness and write permission from all entries of a folio, so that the next write is noticed.
 *
 * @kernel mm/rmap.c folio_mkclean, page_vma_mkclean_one
 */
function folioMkclean(system: System, head: number): void {
  const { arch, memmap } = system;
  const pte = makePte();
  for (const { mm, table, index } of mappingsOf(system, head, memmap.folioNrPages(head))) {
    arch.ptepGet(mm, table, index, pte);
    if (!arch.pteDirty(pte.bits) && !arch.pteWrite(pte.bits)) continue;
    arch.ptepClearFlush(mm, table, index, pte);
    pte.bits = arch.pteMkclean(arch.pteWrprotect(pte.bits));
    arch.setPtes(mm, table, index, pte, 1);
  }
}

/** `fsync`: writes dirty folios back. tmpfs has nowhere to write to. */
export function fsync(system: System, file: BackedFile): void {
  if (!file.canWriteback) return;
  const { memmap } = system;
  const heads = new Set([...file.cache.values()].map((pfn) => memmap.folioHead(pfn)));
  for (const head of heads) {
    if (!memmap.folioDirty(head)) continue;
    memmap.setFolioDirty(head, false);
    folioMkclean(system, head);
  }
}
