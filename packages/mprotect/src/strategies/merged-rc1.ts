import {
  folioCanMapProtNuma,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { protCommitFlushPtes, setWriteProtCommitFlushPtes } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

const FLAGS = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;

/**
 * Batches over large folios, as first merged.
 *
 * It reads PageAnonExclusive from the head of the folio on, wherever in the folio the batch starts:
 * a page that a child shares becomes writable if a page as far behind the head is exclusive.
 */
export const mergedRc1: Strategy = defineStrategy({
  name: 'merged-rc1',
  summary: 'batches over large folios, with the exclusive flags of the wrong pages',
  source: 'mm/mprotect.c change_pte_range (6.17-rc1; cac1db8c3aad)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    const { memmap } = mm.system;
    let page = NO_PAGE;
    if (range.protNuma) {
      if (!arch.pteProtnone(pte.bits)) page = vmNormalPage(mm, pte);
      if (!folioCanMapProtNuma(mm, vma, page)) {
        return mprotectFolioPteBatch(range, page, index, pte, 0);
      }
    }
    if (page === NO_PAGE) page = vmNormalPage(mm, pte);
    const nr = mprotectFolioPteBatch(range, page, index, pte, FLAGS);
    arch.modifyProtStart(mm, table, index, nr, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (range.tryChangeWritable && !arch.pteWrite(new_.bits)) {
      const head = page === NO_PAGE ? NO_PAGE : memmap.folioHead(page);
      setWriteProtCommitFlushPtes(range, page, head, index, nr);
    } else {
      protCommitFlushPtes(range, index, nr, 0, false);
    }
    range.pages += nr;
    return nr;
  },
});
