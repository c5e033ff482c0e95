import { folioCanMapProtNuma, folioUseAccessTime, NO_PAGE, vmNormalPage } from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

/*
 * The NUMA step of the fourth version of the series, shared by the version itself and by the
 * refactoring that its review asked for.
 */

/**
 * How many entries the NUMA scanner skips, 0 if it changes this one.
 *
 * After the last test the posted code falls through to the skip, except for a folio whose access time
 * it has noted: where memory is not sorted by speed, no entry ever gets a hint.
 */
export function protNumaSkipPtes(range: PteRange, page: number, index: number, pte: Pte): number {
  const { mm, vma } = range;
  const changes = folioCanMapProtNuma(mm, vma, page) && folioUseAccessTime(mm.system, page);
  return changes ? 0 : mprotectFolioPteBatch(range, page, index, pte, 0);
}

/** The page that the NUMA step looks up; none for an entry that has a hint already. */
export function protNumaPage(range: PteRange, pte: Readonly<Pte>): number {
  return range.arch.pteProtnone(pte.bits) ? NO_PAGE : vmNormalPage(range.mm, pte);
}
