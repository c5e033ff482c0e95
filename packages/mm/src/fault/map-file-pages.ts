import { folioAddRmapPmd, folioAddRmapPtes } from '@ptelab/folio';
import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { BackedFile } from '../file/backed-file.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import { mlockMapped } from '../vma/mlock-vma-folio.ts';
import type { Vma } from '../vma/vma.ts';

/** A fault in a file mapping. */
export interface FileFault {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly file: BackedFile;
  readonly vpn: number;
  readonly write: boolean;
  /** The slot held a userfaultfd marker: what is mapped stays protected. */
  readonly writeProtected: boolean;
}

/** Page of the file that virtual page `vpn` shows. */
export function pgoffOf({ vma }: FileFault, vpn: number): number {
  return vma.pgoff + (vpn - vma.start);
}

/** First virtual page of the folio that page `vpn` shows, if the VMA went on far enough. */
export function folioStart(mm: AddressSpace, vpn: number, pfn: number): number {
  return vpn - (pfn - mm.system.memmap.folioHead(pfn));
}

/** True if the folio lies inside the VMA and one page table. */
export function folioFits(fault: FileFault, start: number, nr: number): boolean {
  const { mm, vma } = fault;
  return (
    start >= vma.start &&
    start + nr <= vma.end &&
    mm.pmdIndex(start) === mm.pmdIndex(start + nr - 1)
  );
}

/**
 * Writes to `out` the entry for the first of a run of pages. Pages mapped ahead of use are old where
 * hardware sets the access flag.
 *
 * @param prefault - the faulting page is not in the run.
 */
export function filePte(fault: FileFault, pfn: number, prefault: boolean, out: Pte): void {
  const { mm, vma, write, writeProtected } = fault;
  const { arch, memmap } = mm.system;
  arch.pfnPte(pfn, vma.pageProt, out);
  if (prefault && arch.wantsOldPrefaultedPte) out.bits = arch.pteMkold(out.bits);
  if (write) {
    out.bits = maybeMkwrite(mm, vma, arch.pteMkdirty(out.bits));
  } else if (
    arch.features.faultMapsDirtyDirty &&
    arch.pteWrite(out.bits) &&
    memmap.folioDirty(pfn)
  ) {
    out.bits = arch.pteMkdirty(out.bits);
  }
  if (writeProtected) out.bits = arch.pteMkuffdWp(out.bits);
}

/**
 * Maps `nr` pages of one folio: of the cache, or a fresh copy of one.
 *
 * @kernel mm/memory.c set_pte_range
 */
export function setPteRange(
  fault: FileFault,
  table: PteTable,
  start: number,
  pfn: number,
  nr: number,
): void {
  const { mm, vpn } = fault;
  const { arch, memmap } = mm.system;
  const pte = makePte();
  filePte(fault, pfn, vpn < start || vpn >= start + nr, pte);
  if (!memmap.isAnon(pfn)) {
    memmap.folioRefAdd(pfn, nr);
    folioAddRmapPtes(memmap, mm.id, pfn, nr);
    mlockMapped(mm, fault.vma, pfn, nr);
  }
  arch.setPtes(mm, table, start - table.base, pte, nr);
}

/** True if the VMA covers all of a huge folio and the addresses agree: one PMD may map it. */
export function pmdMappable({ mm, vma }: FileFault, start: number, nr: number): boolean {
  const aligned = nr === mm.pmdPages && start % mm.pmdPages === 0;
  return aligned && start >= vma.start && start + nr <= vma.end;
}

/** Maps a whole huge folio by one PMD, if that is empty and may (`do_set_pmd`). */
export function doSetPmd(fault: FileFault, vpn: number, pfn: number): boolean {
  const { mm, vma, write } = fault;
  const { arch, memmap } = mm.system;
  const start = folioStart(mm, vpn, pfn);
  const empty = mm.pmd(vpn) === undefined;
  if (!empty || !pmdMappable(fault, start, memmap.folioNrPages(pfn))) return false;
  const head = memmap.folioHead(pfn);
  const entry = makePte();
  arch.pfnPmd(head, vma.pageProt, entry);
  if (write) {
    entry.bits = maybeMkwrite(mm, vma, arch.pteMkdirty(entry.bits));
  }
  memmap.folioRefAdd(head, 1);
  folioAddRmapPmd(memmap, mm.id, head);
  mlockMapped(mm, vma, head, mm.pmdPages);
  mm.setPmd(start, new HugePmd(start, entry));
  return true;
}
