import {
  folioCanMapProtNuma,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { pageAnonExclusiveSubBatch, uniformBatchWritable } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';

const FLAGS = FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE;

/**
 * Length of the next run at `index`. Where the batch ends is remembered in `range.batchEnd`: entries
 * inside are not compared a second time, only the exclusive flags are read.
 */
function nextRun(range: PteRange, page: number, index: number, pte: Pte): number {
  const { mm } = range;
  const { memmap } = mm.system;
  if (index >= range.batchEnd) {
    range.batchEnd = index + mprotectFolioPteBatch(range, page, index, pte, FLAGS);
  }
  const left = range.batchEnd - index;
  if (page === NO_PAGE || !memmap.isAnon(page)) return left;
  const section = memmap.section(page);
  const length = pageAnonExclusiveSubBatch(section.frames.anonExclusive, page - section.base, left);
  mm.events.paeTests += length < left ? length + 1 : length;
  return length;
}

/**
 * A state that outlives the call finds the batch once and hands it out run by run, each of pages
 * that agree on PageAnonExclusive.
 *
 * Every run is started by itself. Starting the batch as a whole would be wrong: the walk reads the
 * head of the next run, which must not be empty by then. The walk forgets the state at every table.
 */
export const context: Strategy = defineStrategy({
  name: 'context',
  summary: 'remembers the batch between calls and takes it run by run',
  source: 'linux-mm, review of the mprotect batching series, July 2025 (Ryan Roberts)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    if (range.protNuma && arch.features.numaProtnoneFirst && arch.pteProtnone(pte.bits)) return 1;
    const page = vmNormalPage(mm, pte);
    if (range.protNuma && (arch.pteProtnone(pte.bits) || !folioCanMapProtNuma(mm, vma, page))) {
      return mprotectFolioPteBatch(range, page, index, pte, 0);
    }
    const nr = nextRun(range, page, index, pte);
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
  },
});
