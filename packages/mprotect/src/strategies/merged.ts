import {
  folioCanMapProtNuma,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  vmNormalPage,
} from '@ptelab/mm';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { protCommitFlushPtes, setWriteProtCommitFlushPtes } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

const FLAGS = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;

/**
 * Batches over large folios, as merged: 6.17 final and later. Entries of one folio with the same
 * write and soft-dirty bits are started together; young and dirty merge over the batch.
 */
export const merged: Strategy = defineStrategy({
  name: 'merged',
  summary: 'batches over large folios, as since 6.17',
  source: 'mm/mprotect.c change_pte_range (6.17; cac1db8c3aad, cf1b80dc31a1)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    if (range.protNuma && arch.features.numaProtnoneFirst && arch.pteProtnone(pte.bits)) return 1;
    const page = vmNormalPage(mm, pte);
    if (range.protNuma && (arch.pteProtnone(pte.bits) || !folioCanMapProtNuma(mm, vma, page))) {
      return mprotectFolioPteBatch(range, page, index, pte, 0);
    }
    const nr = mprotectFolioPteBatch(range, page, index, pte, FLAGS);
    arch.modifyProtStart(mm, table, index, nr, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (range.tryChangeWritable && !arch.pteWrite(new_.bits)) {
      setWriteProtCommitFlushPtes(range, page, page, index, nr);
    } else {
      protCommitFlushPtes(range, index, nr, 0, false);
    }
    range.pages += nr;
    return nr;
  },
});
