import type { Arch, Pte, PteTable } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';

/** End the batch where write permission differs. Since 6.17; before, it was always ignored. */
export const FPB_RESPECT_WRITE = 1;
/** End the batch where dirty differs. */
export const FPB_RESPECT_DIRTY = 2;
/** End the batch where soft-dirty differs. */
export const FPB_RESPECT_SOFT_DIRTY = 4;
/** Make the caller's entry writable if any entry of the batch is. */
export const FPB_MERGE_WRITE = 8;
/** Make the caller's entry young and dirty if any entry of the batch is. */
export const FPB_MERGE_YOUNG_DIRTY = 16;

/** Brings an entry into the form in which the entries of a batch are compared. */
function clearIgnored(arch: Arch, bits: number, flags: number): number {
  let cleared = bits;
  if ((flags & FPB_RESPECT_DIRTY) === 0) cleared = arch.pteMkclean(cleared);
  if ((flags & FPB_RESPECT_SOFT_DIRTY) === 0) cleared = arch.pteClearSoftDirty(cleared);
  if ((flags & FPB_RESPECT_WRITE) === 0) cleared = arch.pteWrprotect(cleared);
  return arch.pteMkold(cleared);
}

function mergeInto(arch: Arch, pte: Pte, bits: number, flags: number): void {
  if ((flags & FPB_MERGE_WRITE) !== 0 && arch.pteWrite(bits)) pte.bits = arch.pteMkwrite(pte.bits);
  if ((flags & FPB_MERGE_YOUNG_DIRTY) === 0) return;
  if (arch.pteYoung(bits)) pte.bits = arch.pteMkyoung(pte.bits);
  if (arch.pteDirty(bits)) pte.bits = arch.pteMkdirty(pte.bits);
}

const current: Pte = { pfn: 0, bits: 0 };
const expected: Pte = { pfn: 0, bits: 0 };
const compared: Pte = { pfn: 0, bits: 0 };

/**
 * Number of entries from `index` on that map consecutive pages of one large folio with the same
 * bits, but for those that `flags` leave out. Accessed is always left out; a userfaultfd marker, the
 * contiguous bit or anything else that differs ends the batch.
 *
 * The caller guarantees that `maxNr` stays inside the VMA and the table.
 *
 * @param pte - what the caller read from entry `index`; the FPB_MERGE flags change it.
 * @kernel mm/internal.h folio_pte_batch (6.12 .. 6.16), mm/util.c folio_pte_batch_flags (6.17 on)
 */
export function folioPteBatch(
  mm: AddressSpace,
  table: PteTable,
  index: number,
  pte: Pte,
  maxNr: number,
  flags: number,
): number {
  const { arch, memmap } = mm.system;
  const clamps = arch.features.batchClampsToFolio;
  const pfn = arch.ptePfn(pte);
  const toFolioEnd = memmap.folioHead(pfn) + memmap.folioNrPages(pfn) - pfn;
  const limit = clamps ? Math.min(maxNr, toFolioEnd) : maxNr;
  const step = arch.pfnWordStep(pte.bits);
  let nr = arch.pteBatchHint(index, pte.bits);
  expected.bits = clearIgnored(arch, pte.bits, flags);
  expected.pfn = (pte.pfn + nr * step) | 0;
  let scans = 0;
  while (nr < limit) {
    scans++;
    arch.ptepGet(mm, table, index + nr, current);
    compared.pfn = current.pfn;
    compared.bits = clearIgnored(arch, current.bits, flags);
    if (!arch.pteSame(compared, expected)) break;
    // Up to 6.14 the folio's end was found only after the entry behind it had matched.
    if (!clamps && nr >= toFolioEnd) break;
    mergeInto(arch, pte, current.bits, flags);
    const hint = arch.pteBatchHint(index + nr, current.bits);
    expected.pfn = (expected.pfn + hint * step) | 0;
    nr += hint;
  }
  mm.events.batchScans += scans;
  return Math.min(nr, limit);
}
