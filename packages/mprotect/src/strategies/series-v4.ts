import {
  FPB_RESPECT_SOFT_DIRTY,
  isShared,
  maybeChangePteWritable,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';
import { pageAnonExclusiveSubBatch, protCommitFlushPtes } from './commit-batch.ts';
import { mprotectFolioPteBatch } from './folio-batch.ts';
import { protNumaPage, protNumaSkipPtes } from './series-v4-numa.ts';

/** Whether a batch may become writable; `maybe` leaves it to each page. */
type Tristate = 'false' | 'true' | 'maybe';

/** `maybe_change_pte_writable` as it was then, with three answers. */
function maybeWritable({ arch, mm, vma, new: new_ }: PteRange, page: number): Tristate {
  mm.events.upgradeTests++;
  if (!maybeChangePteWritable(mm, vma, new_.bits)) return 'false';
  if (isShared(vma)) return arch.pteDirty(new_.bits) ? 'true' : 'false';
  return page === NO_PAGE || mm.system.memmap.isAnon(page) ? 'maybe' : 'false';
}

/** Commits the batch in runs of equal exclusive flags, counted from the head of the folio. */
function commitRuns(range: PteRange, page: number, index: number, nr: number): void {
  const { memmap } = range.mm.system;
  if (page === NO_PAGE) {
    protCommitFlushPtes(range, index, 1, 0, false);
    return;
  }
  const section = memmap.section(page);
  const { anonExclusive } = section.frames;
  const head = memmap.folioHead(page) - section.base;
  for (let pgidx = 0; pgidx < nr;) {
    const sub = pageAnonExclusiveSubBatch(anonExclusive, head + pgidx, nr - pgidx);
    range.mm.events.paeTests += pgidx + sub < nr ? sub + 1 : sub;
    protCommitFlushPtes(range, index, sub, pgidx, anonExclusive[head + pgidx] === 1);
    pgidx += sub;
  }
}

/**
 * The fourth version of the series, as posted, with its three mistakes: batches ignore write
 * permission, so that flushes are missed; the exclusive flags are read from the folio's head on,
 * wherever the batch starts; the NUMA scanner skips everything.
 */
export const seriesV4: Strategy = defineStrategy({
  name: 'series-v4',
  summary: 'missed flushes, exclusive flags of the wrong pages, no NUMA hints',
  source: 'linux-mm, mprotect batching v4, June 2025',

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
    const upgrades = range.tryChangeWritable && !arch.pteWrite(new_.bits);
    const setWrite = upgrades ? maybeWritable(range, page) : 'false';
    if (setWrite === 'maybe') commitRuns(range, page, index, nr);
    else protCommitFlushPtes(range, index, nr, 0, setWrite === 'true');
    range.pages += nr;
    return nr;
  },
});
