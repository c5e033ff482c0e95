import { FPB_RESPECT_SOFT_DIRTY, NO_PAGE, vmNormalPage } from '@ptelab/mm';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { protCommitFlushPtes, setWriteProtCommitFlushPtes } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';
import { protNumaPage, protNumaSkipPtes } from './series-v4-numa.ts';

/**
 * The fourth version, put in order as its review asked: one predicate for each kind of mapping
 * instead of three answers from one, and the loop over exclusive flags behind a function.
 *
 * A refactoring and no more: it does what `series-v4` does, mistakes included. The functions are
 * those that were merged later; what they are given is not.
 */
export const splitHelpers: Strategy = defineStrategy({
  name: 'split-helpers',
  summary: 'series-v4 in the functions that were merged later; the same results',
  source: 'linux-mm, review of mprotect batching v4, June 2025 (Lorenzo Stoakes)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, table, old, new: new_ } = range;
    let page = NO_PAGE;
    if (range.protNuma) {
      page = protNumaPage(range, pte);
      const skipped = protNumaSkipPtes(range, page, index, pte);
      if (skipped > 0) return skipped;
    }
    if (page === NO_PAGE) page = vmNormalPage(mm, pte);
    // Without FPB_RESPECT_WRITE: folio_pte_batch then always ignored write permission.
    const nr = mprotectFolioPteBatch(range, page, index, pte, FPB_RESPECT_SOFT_DIRTY);
    arch.modifyProtStart(mm, table, index, nr, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (range.tryChangeWritable && !arch.pteWrite(new_.bits)) {
      const head = page === NO_PAGE ? NO_PAGE : mm.system.memmap.folioHead(page);
      setWriteProtCommitFlushPtes(range, page, head, index, nr);
    } else {
      protCommitFlushPtes(range, index, nr, 0, false);
    }
    range.pages += nr;
    return nr;
  },
});
