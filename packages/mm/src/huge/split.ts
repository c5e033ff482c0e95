import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import { FOLIO_FLAG, folioAddRmapPtes, folioRemoveRmapPmd, PAGE_KIND } from '@ptelab/folio';
import type { AddressSpace } from '../address-space.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import type { HugePmd } from './huge-pmd.ts';
import { splitMigrationPmd } from './split-migration.ts';
import { munlockVmaFolio } from '../vma/mlock-vma-folio.ts';
import { zeroPageEntry } from '../zero-page.ts';

/**
 * Replaces a huge mapping by a table of single entries; the folio stays large.
 *
 * The entries get the VMA's current page protection and the state of the huge entry. Every page is
 * exclusive if the head page was. File mappings are only taken away: their pages fault in again.
 *
 * @kernel mm/huge_memory.c __split_huge_pmd_locked (6.12 .. 7.3)
 */
export function splitHugePmd(mm: AddressSpace, pmd: HugePmd): void {
  const { arch, memmap } = mm.system;
  const vma = mm.vmas.lookup(pmd.base);
  if (vma === undefined) throw new RangeError(`huge mapping at page ${pmd.base} outside any VMA`);
  mm.events.pmdSplits++;
  const present = arch.ptePresent(pmd.entry.bits);
  mm.setPmd(pmd.base, undefined);
  if (present || !vmaIsAnonymous(vma)) arch.flushPmdTlbRange(mm, pmd.base);
  if (!present) {
    if (!vmaIsAnonymous(vma)) return; // the pages of a file fault in again
    splitMigrationPmd(mm, pmd, mm.allocTable(pmd.base));
    return;
  }
  const head = arch.pmdPfn(pmd.entry);
  const kind = memmap.pageKind(head);
  if (kind === PAGE_KIND.HUGE_ZERO) {
    splitHugeZero(mm, vma, pmd, mm.allocTable(pmd.base));
  } else if (memmap.isAnon(head)) {
    splitAnon(mm, vma, pmd, head, mm.allocTable(pmd.base));
  } else {
    if (arch.pteDirty(pmd.entry.bits)) memmap.setFolioDirty(head, true);
    if (arch.pteYoung(pmd.entry.bits)) memmap.folioSet(head, FOLIO_FLAG.REFERENCED, true);
    munlockVmaFolio(mm, pmd.base, head);
    folioRemoveRmapPmd(memmap, mm.id, head);
    memmap.folioPut(head, 1);
  }
}

function splitAnon(mm: AddressSpace, vma: Vma, pmd: HugePmd, head: number, table: PteTable): void {
  const { arch, memmap } = mm.system;
  const nr = mm.pmdPages;
  mm.events.pmdSplitPages += nr;
  const exclusive = memmap.anonExclusive(head);
  if (arch.pteDirty(pmd.entry.bits)) memmap.setFolioDirty(head, true);
  memmap.folioRefAdd(head, nr - 1);
  folioRemoveRmapPmd(memmap, mm.id, head);
  folioAddRmapPtes(memmap, mm.id, head, nr);
  memmap.setAnonExclusive(head, nr, exclusive);
  const entry = makePte();
  arch.pfnPte(head, vma.pageProt, entry);
  entry.bits = carryState(mm, pmd.entry, entry.bits);
  arch.setPtes(mm, table, 0, entry, nr);
}

/** Gives an entry made from the page protection the state of the huge entry. */
function carryState(mm: AddressSpace, pmd: Readonly<Pte>, bits: number): number {
  const { arch } = mm.system;
  let carried = bits;
  if (arch.pteWrite(pmd.bits)) carried = arch.pteMkwrite(carried);
  if (!arch.pteYoung(pmd.bits)) carried = arch.pteMkold(carried);
  if (arch.pteDirty(pmd.bits)) carried = arch.pteMkdirty(carried);
  if (arch.pteSoftDirty(pmd.bits)) carried = arch.pteMksoftDirty(carried);
  if (arch.pteUffdWp(pmd.bits)) carried = arch.pteMkuffdWp(carried);
  return carried;
}

function splitHugeZero(mm: AddressSpace, vma: Vma, pmd: HugePmd, table: PteTable): void {
  const { arch } = mm.system;
  const entry = zeroPageEntry(mm.system, vma.pageProt);
  if (arch.pteUffdWp(pmd.entry.bits)) entry.bits = arch.pteMkuffdWp(entry.bits);
  for (let i = 0; i < mm.pmdPages; i++) arch.setPtes(mm, table, i, entry, 1);
}
