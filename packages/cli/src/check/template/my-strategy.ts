/*
 * A strategy of your own: how a protection change treats present page-table entries.
 *
 *   ptelab check --strategy ./my-strategy.ts               is it right, on every small state?
 *   ptelab compare STORY.yaml --strategy merged,./my-strategy.ts        what does it cost?
 *
 * TypeScript or JavaScript, no build step. @ptelab/mprotect, mm, pte and folio are there without
 * being installed; install them (npm i -D @ptelab/mprotect @ptelab/mm) only to have types in an editor.
 *
 * What follows is right, and plain: batches over a folio, committed in runs of pages that agree on
 * whether they may become writable. Change it and let the check tell what breaks.
 */
import {
  canChangePteWritable,
  folioCanMapProtNuma,
  folioPteBatch,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import { defineStrategy, type PteRange, type Strategy } from '@ptelab/mprotect';

/** True if entry `index`, which is to become what `range.partNew` says, may be writable too. */
function mayBecomeWritable(range: PteRange, index: number, done: number): boolean {
  // The batch has one new entry, that of its first page: move it on to the page in question.
  range.advancePfn(range.new, done, range.partNew);
  return canChangePteWritable(range.mm, range.vma, range.vpn(index + done), range.partNew);
}

const strategy: Strategy = defineStrategy({
  name: 'my-strategy',
  summary: 'batches over a folio, in runs of pages that agree on write permission',
  source: 'me',

  /* Called for the present entry at `index`; returns how many entries are dealt with. */
  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_, partOld, partNew } = range;

    // The page behind the entry; NO_PAGE for the zero page and other special ones.
    const page = vmNormalPage(mm, pte);

    // The NUMA scanner walks here too, and leaves some pages alone.
    if (range.protNuma && arch.pteProtnone(pte.bits)) return 1;
    if (range.protNuma && !folioCanMapProtNuma(mm, vma, page)) return 1;

    // How many entries go on alike: consecutive pages of one folio, same write and soft-dirty bits,
    // and not past the end of the range.
    const large = page !== NO_PAGE && mm.system.memmap.folioOrder(page) > 0;
    const flags = FPB_RESPECT_WRITE | FPB_RESPECT_SOFT_DIRTY;
    const nr = large ? folioPteBatch(mm, table, index, pte, range.end - index, flags) : 1;

    // Start: clears the entries, so that hardware stays out, and returns the first in `old` with the
    // young and dirty bits of all. From here on only `old` counts: hardware may have written since.
    arch.modifyProtStart(mm, table, index, nr, old);

    // The new entry: the old one with the new protection, and what userfaultfd asks.
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);

    // Commit, in runs of pages that agree. PageAnonExclusive is a flag of each page, not of a folio.
    const asks = range.tryChangeWritable && !arch.pteWrite(new_.bits);
    for (let done = 0; done < nr;) {
      const writable = asks && mayBecomeWritable(range, index, done);
      let run = 1;
      while (
        done + run < nr &&
        (!asks || mayBecomeWritable(range, index, done + run) === writable)
      ) {
        run++;
      }
      range.advancePfn(old, done, partOld);
      range.advancePfn(new_, done, partNew);
      if (writable) partNew.bits = arch.pteMkwrite(partNew.bits);
      arch.modifyProtCommit(mm, table, index + done, partOld, partNew, run);

      // A TLB may still hold what was taken away: say which pages to flush when the walk is over.
      if (arch.pteNeedsFlush(partOld, partNew)) {
        range.gather.flushPteRange(range.vpn(index + done), run);
      }
      done += run;
    }

    range.pages += nr;
    return nr;
  },
});

export default strategy;
