import {
  canChangeSharedPteWritable,
  isShared,
  maybeChangePteWritable,
  NO_PAGE,
  privatePageWritable,
} from '@ptelab/mm';
import type { PteRange } from '../pte-range.ts';

/*
 * How a started batch gets its write permission and is committed: the functions that 6.17 split the
 * end of change_pte_range into.
 */

/**
 * Commits `nr` entries of the batch at `index`, `skip` entries into it, and records their flush.
 *
 * @kernel mm/mprotect.c prot_commit_flush_ptes (6.17 on)
 */
export function protCommitFlushPtes(
  range: PteRange,
  index: number,
  nr: number,
  skip: number,
  setWrite: boolean,
): void {
  const { arch, mm, table, partOld, partNew } = range;
  range.advancePfn(range.old, skip, partOld);
  range.advancePfn(range.new, skip, partNew);
  if (setWrite) {
    partNew.bits = arch.pteMkwrite(partNew.bits);
    mm.events.writeUpgrades++;
  }
  arch.modifyProtCommit(mm, table, index + skip, partOld, partNew, nr);
  if (arch.pteNeedsFlush(partOld, partNew)) range.gather.flushPteRange(range.vpn(index + skip), nr);
}

/**
 * How many of `nr` pages have the same PageAnonExclusive flag as the first.
 *
 * @param flags - the flags of a section, and where in it the first page is.
 * @kernel mm/mprotect.c page_anon_exclusive_sub_batch (6.17 on)
 */
export function pageAnonExclusiveSubBatch(
  flags: ArrayLike<number>,
  first: number,
  nr: number,
): number {
  const exclusive = flags[first];
  let length = 1;
  while (length < nr && flags[first + length] === exclusive) length++;
  return length;
}

/**
 * PageAnonExclusive is a flag of each page, not of the folio: the batch is committed in runs of
 * pages that agree on it.
 *
 * @param first - frame of the page whose flag counts for the batch's first entry.
 * @kernel mm/mprotect.c commit_anon_folio_batch (6.17 on)
 */
function commitAnonFolioBatch(range: PteRange, first: number, index: number, nr: number): void {
  const { memmap } = range.mm.system;
  const section = memmap.section(first);
  const flags = section.frames.anonExclusive;
  const at = first - section.base;
  let tests = 0;
  for (let done = 0; done < nr;) {
    const length = pageAnonExclusiveSubBatch(flags, at + done, nr - done);
    tests += done + length < nr ? length + 1 : length;
    protCommitFlushPtes(range, index, length, done, flags[at + done] === 1);
    done += length;
  }
  range.mm.events.paeTests += tests;
}

/**
 * Decides which entries of the batch become writable, and commits them.
 *
 * @param page - frame of the page that the batch's first entry maps, or {@link NO_PAGE}.
 * @param first - frame of the page whose exclusive flag counts for that entry.
 * @kernel mm/mprotect.c set_write_prot_commit_flush_ptes (6.17 on)
 */
export function setWriteProtCommitFlushPtes(
  range: PteRange,
  page: number,
  first: number,
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
  commitAnonFolioBatch(range, first, index, nr);
}

/** One answer for a whole batch whose pages agree on PageAnonExclusive; `page` is its first. */
export function uniformBatchWritable({ mm, vma, new: new_ }: PteRange, page: number): boolean {
  mm.events.upgradeTests++;
  if (isShared(vma)) return canChangeSharedPteWritable(mm, vma, new_.bits);
  return maybeChangePteWritable(mm, vma, new_.bits) && privatePageWritable(mm, page);
}
