import {
  folioCanMapProtNuma,
  folioPteBatch,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  isShared,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { uniformBatchWritable } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

const FLAGS = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;

/**
 * Length of the batch at `index` that also ends where PageAnonExclusive changes. Entries and flags
 * are looked at side by side, so that neither scan runs ahead of the other.
 */
function exclusivePteBatch(range: PteRange, page: number, index: number, pte: Pte): number {
  const { arch, mm, partOld: last } = range;
  const { memmap } = mm.system;
  const max = range.end - index;
  const exclusive = memmap.anonExclusive(page);
  let nr = 1;
  let tests = 1;
  if (memmap.folioOrder(page) > 0) {
    for (; nr < max; nr++) {
      range.advancePfn(pte, nr - 1, last);
      const step = arch.pteBatchHint(index + nr - 1, last.bits);
      if (step === 1 && folioPteBatch(mm, range.table, index + nr - 1, last, 2, FLAGS) < 2) break;
      tests++;
      if (memmap.anonExclusive(page + nr) !== exclusive) break;
    }
  }
  mm.events.paeTests += tests;
  mm.trace?.({ fn: 'folio_pte_batch', vpn: range.vpn(index), nr });
  return nr;
}

function changePresentPtes(range: PteRange, index: number, pte: Pte, cuts: boolean): number {
  const { arch, mm, vma, table, old, new: new_ } = range;
  if (range.protNuma && arch.features.numaProtnoneFirst && arch.pteProtnone(pte.bits)) return 1;
  const page = vmNormalPage(mm, pte);
  if (range.protNuma && (arch.pteProtnone(pte.bits) || !folioCanMapProtNuma(mm, vma, page))) {
    return mprotectFolioPteBatch(range, page, index, pte, 0);
  }
  const anon = page !== NO_PAGE && mm.system.memmap.isAnon(page);
  const nr =
    cuts && anon
      ? exclusivePteBatch(range, page, index, pte)
      : mprotectFolioPteBatch(range, page, index, pte, FLAGS);
  arch.modifyProtStart(mm, table, index, nr, old);
  arch.pteModify(old, range.newprot, new_);
  new_.bits = range.applyUffd(new_.bits);
  if (range.tryChangeWritable && !arch.pteWrite(new_.bits) && uniformBatchWritable(range, page)) {
    new_.bits = arch.pteMkwrite(new_.bits);
    mm.events.writeUpgrades++;
  }
  arch.modifyProtCommit(mm, table, index, old, new_, nr);
  if (arch.pteNeedsFlush(old, new_)) range.gather.flushPteRange(range.vpn(index), nr);
  range.pages += nr;
  return nr;
}

/**
 * The batch ends where PageAnonExclusive changes: one decision and one commit per batch, no second
 * loop. Young and dirty merge over less, but batches are cut where nobody asks for the flags too.
 */
export const flattenAlways: Strategy = defineStrategy({
  name: 'flatten-always',
  summary: 'batches end where the exclusive flag changes, whatever is asked for',
  source: 'linux-mm, review of the mprotect batching series, July 2025 (Ryan Roberts)',

  changePresentPtes: (range, index, pte) => changePresentPtes(range, index, pte, true),
});

/** As {@link flattenAlways}, but only where private memory may get its write permission back. */
export const flattenWhenUpgrading: Strategy = defineStrategy({
  name: 'flatten-when-upgrading',
  summary: 'batches end where the exclusive flag changes, if write permission may come back',
  source: 'linux-mm, review of the mprotect batching series, July 2025 (Ryan Roberts)',

  changePresentPtes: (range, index, pte) =>
    changePresentPtes(range, index, pte, range.tryChangeWritable && !isShared(range.vma)),
});
