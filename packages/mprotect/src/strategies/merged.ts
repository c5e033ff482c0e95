import { isShared, NO_PAGE, vmNormalPage } from '@ptelab/mm';
import { folioPteBatch, FPB_RESPECT_SOFT_DIRTY, FPB_RESPECT_WRITE } from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { canChangeSharedPteWritable, maybeChangePteWritable } from '../writable.ts';

/** Length of the batch at `index`: 1 unless the entry maps a page of a large folio. */
function mprotectFolioPteBatch(range: PteRange, page: number, index: number, pte: Pte): number {
  const { mm } = range;
  const large = page !== NO_PAGE && mm.system.memmap.folioOrder(page) > 0;
  const flags = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;
  const nr = large ? folioPteBatch(mm, range.table, index, pte, range.end - index, flags) : 1;
  mm.trace?.({ fn: 'folio_pte_batch', nr });
  return nr;
}

/** Commits `nr` entries of the batch at `index`, `skip` entries into it, and records their flush. */
function protCommitFlushPtes(
  range: PteRange,
  index: number,
  nr: number,
  skip: number,
  setWrite: boolean,
): void {
  const { arch, mm, table, partOld, partNew } = range;
  range.advancePfn(range.old, skip, partOld);
  range.advancePfn(range.new, skip, partNew);
  if (setWrite) partNew.bits = arch.pteMkwrite(partNew.bits);
  arch.modifyProtCommit(mm, table, index + skip, partOld, partNew, nr);
  if (arch.pteNeedsFlush(partOld, partNew)) range.gather.flushPteRange(range.vpn(index + skip), nr);
}

/**
 * PageAnonExclusive is a flag of each page, not of the folio: the batch is committed in runs of
 * pages that agree on it, starting from the page that the batch's first entry maps.
 */
function commitAnonFolioBatch(range: PteRange, page: number, index: number, nr: number): void {
  const { memmap } = range.mm.system;
  const section = memmap.section(page);
  const flags = section.anonExclusive;
  const first = page - section.base;
  let tests = 0;
  for (let done = 0; done < nr;) {
    const exclusive = flags[first + done];
    let length = 1;
    while (done + length < nr && flags[first + done + length] === exclusive) length++;
    tests += done + length < nr ? length + 1 : length;
    protCommitFlushPtes(range, index, length, done, exclusive === 1);
    done += length;
  }
  range.mm.events.paeTests += tests;
}

/** Decides which entries of the batch become writable, and commits them. */
function setWriteProtCommitFlushPtes(
  range: PteRange,
  page: number,
  index: number,
  nr: number,
): void {
  const { mm, vma, new: new_ } = range;
  mm.events.upgradeTests++;
  if (isShared(vma)) {
    protCommitFlushPtes(range, index, nr, 0, canChangeSharedPteWritable(mm, vma, new_.bits));
    return;
  }
  const anon = page !== NO_PAGE && mm.system.memmap.isAnon(page);
  if (!anon || !maybeChangePteWritable(mm, vma, new_.bits)) {
    protCommitFlushPtes(range, index, nr, 0, false);
    return;
  }
  commitAnonFolioBatch(range, page, index, nr);
}

/**
 * Batches over large folios, as merged: 6.17 final and later. Entries of one folio with the same
 * write and soft-dirty bits are started together; young and dirty merge over the batch.
 */
export const merged: Strategy = defineStrategy({
  name: 'merged',
  summary: 'batches over large folios, as since 6.17',
  source: 'mm/mprotect.c change_pte_range (6.17; cac1db8c3aad, cf1b80dc31a1)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, table, old, new: new_ } = range;
    const page = vmNormalPage(mm, pte);
    const nr = mprotectFolioPteBatch(range, page, index, pte);
    arch.modifyProtStart(mm, table, index, nr, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (range.tryChangeWritable && !arch.pteWrite(new_.bits)) {
      setWriteProtCommitFlushPtes(range, page, index, nr);
    } else {
      protCommitFlushPtes(range, index, nr, 0, false);
    }
    range.pages += nr;
    return nr;
  },
});
