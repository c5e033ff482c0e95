import { folioPteBatch, NO_PAGE } from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';

/**
 * Length of the batch at `index`: 1 unless the entry maps a page of a large folio.
 *
 * @param page - frame of the page that the entry maps, or {@link NO_PAGE}.
 * @param flags - FPB flags.
 * @kernel mm/mprotect.c mprotect_folio_pte_batch (6.17 on)
 */
export function mprotectFolioPteBatch(
  range: PteRange,
  page: number,
  index: number,
  pte: Pte,
  flags: number,
): number {
  const { mm } = range;
  const large = page !== NO_PAGE && mm.system.memmap.folioOrder(page) > 0;
  const nr = large ? folioPteBatch(mm, range.table, index, pte, range.end - index, flags) : 1;
  mm.trace?.({ fn: 'folio_pte_batch', vpn: range.vpn(index), nr });
  return nr;
}
