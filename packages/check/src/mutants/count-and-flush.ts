import type { PteRange } from '@ptelab/mprotect';
import { walkMutant, x86 } from './make.ts';
import type { Mutant } from './mutant.ts';
import { RIGHT } from './steps.ts';

/*
 * Entries that come out right, and what is told about them does not: too few or too many pages
 * counted, too little flushed, too much skipped.
 */

/** RIGHT.commit without its flush; true if one is needed. */
function commitOnly(
  range: PteRange,
  index: number,
  nr: number,
  done: number,
  setWrite: boolean,
): boolean {
  const { arch, mm, table, partOld, partNew } = range;
  range.advancePfn(range.old, done, partOld);
  range.advancePfn(range.new, done, partNew);
  if (setWrite) partNew.bits = arch.pteMkwrite(partNew.bits);
  arch.modifyProtCommit(mm, table, index + done, partOld, partNew, nr);
  return arch.pteNeedsFlush(partOld, partNew);
}

const TWO = x86('mmap 0 2 rw anon', 'entries 0 A=1 A0:wy A1:wy', 'mprotect 0 2 r');

/** See the head of this file. */
export const COUNT_AND_FLUSH: readonly Mutant[] = [
  walkMutant({
    id: 'B2',
    summary: 'the NUMA scanner falls through to the skip: no entry ever gets a hint',
    source: 'mprotect batching v4, prot_numa_skip_ptes',
    steps: {
      numaSkips: (range, page, pte) => {
        const { memmap, numa } = range.mm.system;
        const timed = numa.tiering && !numa.isTopTier(memmap.node(page));
        return RIGHT.numaSkips(range, page, pte) || !timed;
      },
    },
    smallest: x86('mmap 0 1 rw anon', 'w 0 1', 'node 0 1 1', 'numa_scan 0 1'),
  }),
  walkMutant({
    id: 'M8+count',
    summary: 'every batch counts the pages of its folio',
    source: 'folio_nr_pages taken for nr_ptes',
    steps: {
      count: ({ mm }, page, _index, nr) => (page < 0 ? nr : mm.system.memmap.folioNrPages(page)),
    },
    smallest: x86('mmap 0 1 rw anon', 'entries 0 A=1 A0:wy', 'mprotect 0 1 r'),
  }),
  walkMutant({
    id: 'M10',
    summary: 'only the first page of a batch is flushed',
    source: 'PAGE_SIZE kept in the call of tlb_flush_pte_range',
    steps: {
      commit: (range, index, nr, done, setWrite) => {
        if (!commitOnly(range, index, nr, done, setWrite)) return;
        range.gather.flushPteRange(range.vpn(index + done), 1);
      },
    },
    smallest: TWO,
  }),
  walkMutant({
    id: 'M11',
    summary: 'every batch counts one page',
    source: 'pages++ kept',
    steps: { count: () => 1 },
    smallest: TWO,
  }),
  walkMutant({
    id: 'M12',
    summary: 'pages that the NUMA scanner skips are counted',
    source: 'the count moved before the skip',
    steps: {
      skip: (range, page, index, pte) => {
        const nr = RIGHT.skip(range, page, index, pte);
        range.pages += nr;
        return nr;
      },
    },
    // The page is where it belongs, on the CPU's node.
    smallest: x86('mmap 0 1 rw anon', 'w 0 1', 'numa_scan 0 1'),
  }),
  walkMutant({
    id: 'M25',
    summary: 'each run of a batch forgets what the run before wanted flushed',
    source: 'the hull of the gather reset between runs',
    steps: {
      commit: (range, index, nr, done, setWrite, total) => {
        const needed = commitOnly(range, index, nr, done, setWrite);
        if (!needed || done + nr < total) return;
        range.gather.flushPteRange(range.vpn(index + done), nr);
      },
    },
    // Page 0 became writable too, and is not flushed.
    smallest: x86(
      'mmap 0 3 r anon',
      'entries 0 A=2,exclusive:1011 A0:y A1:y A2:y',
      'mprotect 0 3 rw',
    ),
  }),
];
