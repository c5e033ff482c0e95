import {
  folioCanMapProtNuma,
  folioPteBatch,
  FPB_RESPECT_SOFT_DIRTY,
  isShared,
  maybeChangePteWritable,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { protCommitFlushPtes } from './commit-batch.ts';

/** Length of the batch at `index`. Write permission is ignored, as folio_pte_batch then always did. */
function mprotectBatch(
  range: PteRange,
  page: number,
  index: number,
  pte: Pte,
  flags: number,
): number {
  const { mm } = range;
  const max = range.end - index;
  const large = page !== NO_PAGE && mm.system.memmap.folioOrder(page) > 0;
  const nr = large && max > 1 ? folioPteBatch(mm, range.table, index, pte, max, flags) : 1;
  mm.trace?.({ fn: 'folio_pte_batch', vpn: range.vpn(index), nr });
  return nr;
}

/** True for a private page that may be written. */
function anonExclusive({ mm }: PteRange, page: number): boolean {
  const { memmap } = mm.system;
  if (page === NO_PAGE || !memmap.isAnon(page)) return false;
  mm.events.paeTests++;
  return memmap.anonExclusive(page);
}

/**
 * Commits the entries from `done` on that get the same answer to `can_change_ptes_writable`, all of
 * them if the answer is not the page's; returns how many.
 */
function modifySubBatch(range: PteRange, index: number, nr: number, done: number): number {
  const { arch, mm, vma, new: new_, partNew: first } = range;
  const left = nr - done;
  mm.events.upgradeTests++;
  const may = maybeChangePteWritable(mm, vma, new_.bits);
  if (!may || isShared(vma)) {
    protCommitFlushPtes(range, index, left, done, may && arch.pteDirty(new_.bits));
    return left;
  }
  range.advancePfn(new_, done, first);
  const page = vmNormalPage(mm, first);
  const writable = anonExclusive(range, page);
  let length = 1;
  while (length < left && anonExclusive(range, page + length) === writable) length++;
  protCommitFlushPtes(range, index, length, done, writable);
  return length;
}

/**
 * The third version of the series: the flags of the right pages, but batches that ignore write
 * permission.
 *
 * A batch is flushed or not by its first entry. If that one was read-only and a later one writable,
 * x86-64 sees no change, and a stale translation lets writes through after mprotect has returned.
 */
export const seriesV3: Strategy = defineStrategy({
  name: 'series-v3',
  summary: 'batches that ignore write permission: flushes are missed',
  source: 'linux-mm, mprotect batching v3, May 2025',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    let page = NO_PAGE;
    if (range.protNuma) {
      if (!arch.pteProtnone(pte.bits)) page = vmNormalPage(mm, pte);
      if (!folioCanMapProtNuma(mm, vma, page)) return mprotectBatch(range, page, index, pte, 0);
    }
    if (page === NO_PAGE) page = vmNormalPage(mm, pte);
    const nr = mprotectBatch(range, page, index, pte, FPB_RESPECT_SOFT_DIRTY);
    arch.modifyProtStart(mm, table, index, nr, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (range.tryChangeWritable) {
      for (let done = 0; done < nr;) done += modifySubBatch(range, index, nr, done);
    } else {
      protCommitFlushPtes(range, index, nr, 0, false);
    }
    range.pages += nr;
    return nr;
  },
});
