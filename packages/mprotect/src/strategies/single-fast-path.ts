import {
  canChangeSharedPteWritable,
  folioCanMapProtNuma,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  isShared,
  maybeChangePteWritable,
  NO_PAGE,
  privatePageWritable,
  vmNormalPage,
} from '@ptelab/mm';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { protCommitFlushPtes, setWriteProtCommitFlushPtes } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

const FLAGS = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;

/** {@link setWriteProtCommitFlushPtes} for one entry: the answer, with nothing to divide. */
function singleWritable({ mm, vma, new: new_ }: PteRange, page: number): boolean {
  mm.events.upgradeTests++;
  if (isShared(vma)) return canChangeSharedPteWritable(mm, vma, new_.bits);
  const anon = page !== NO_PAGE && mm.system.memmap.isAnon(page);
  return anon && maybeChangePteWritable(mm, vma, new_.bits) && privatePageWritable(mm, page);
}

/** What `change_present_ptes` becomes where the compiler knows that there is one entry. */
function changePresentPte(range: PteRange, page: number, index: number): void {
  const { arch, mm, table, old, new: new_ } = range;
  arch.modifyProtStart(mm, table, index, 1, old);
  arch.pteModify(old, range.newprot, new_);
  new_.bits = range.applyUffd(new_.bits);
  if (range.tryChangeWritable && !arch.pteWrite(new_.bits) && singleWritable(range, page)) {
    new_.bits = arch.pteMkwrite(new_.bits);
    mm.events.writeUpgrades++;
  }
  arch.modifyProtCommit(mm, table, index, old, new_, 1);
  if (arch.pteNeedsFlush(old, new_)) range.gather.flushPteRange(range.vpn(index), 1);
  range.pages++;
}

function changePresentPtes(range: PteRange, page: number, index: number, nr: number): void {
  const { arch, mm, table, old, new: new_ } = range;
  arch.modifyProtStart(mm, table, index, nr, old);
  arch.pteModify(old, range.newprot, new_);
  new_.bits = range.applyUffd(new_.bits);
  if (range.tryChangeWritable && !arch.pteWrite(new_.bits)) {
    setWriteProtCommitFlushPtes(range, page, page, index, nr);
  } else {
    protCommitFlushPtes(range, index, nr, 0, false);
  }
  range.pages += nr;
}

/**
 * As `merged`, with code of its own for single entries. The kernel has one function and calls it with
 * a literal 1, so that the compiler makes the second one. What is done and counted is the same; the
 * page lookup and the batch detection stay.
 */
export const singleFastPath: Strategy = defineStrategy({
  name: 'single-fast-path',
  summary: 'as merged, with a path of its own for single entries, as since 7.1',
  source: 'mm/mprotect.c change_pte_range, change_present_ptes (7.1; 3bc181c14363)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma } = range;
    if (range.protNuma && arch.features.numaProtnoneFirst && arch.pteProtnone(pte.bits)) return 1;
    const page = vmNormalPage(mm, pte);
    if (range.protNuma && (arch.pteProtnone(pte.bits) || !folioCanMapProtNuma(mm, vma, page))) {
      return mprotectFolioPteBatch(range, page, index, pte, 0);
    }
    const nr = mprotectFolioPteBatch(range, page, index, pte, FLAGS);
    if (nr === 1) changePresentPte(range, page, index);
    else changePresentPtes(range, page, index, nr);
    return nr;
  },
});
