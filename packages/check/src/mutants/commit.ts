import { changeNonePte, changeSoftleafPte, type PteRange } from '@ptelab/mprotect';
import { makePte } from '@ptelab/pte';
import { walkMutant, x86 } from './make.ts';
import type { Mutant } from './mutant.ts';
import { RIGHT, type Steps } from './steps.ts';

/*
 * A batch that was found and decided well, and then lost on its way back into the table: old entries
 * read at the wrong time, frames or indices not moved on, entries left out.
 */

/** As RIGHT.commit, with the registers filled by `fill`. */
function commitAt(
  range: PteRange,
  at: number,
  nr: number,
  setWrite: boolean,
  [oldAhead, newAhead]: readonly [number, number],
): void {
  const { arch, mm, table, partOld, partNew } = range;
  range.advancePfn(range.old, oldAhead, partOld);
  range.advancePfn(range.new, newAhead, partNew);
  if (setWrite) partNew.bits = arch.pteMkwrite(partNew.bits);
  arch.modifyProtCommit(mm, table, at, partOld, partNew, nr);
  if (arch.pteNeedsFlush(partOld, partNew)) range.gather.flushPteRange(range.vpn(at), nr);
}

/** Entries from `index` on, up to `nr`, that are not empty. */
function notEmpty({ arch, table }: PteRange, index: number, nr: number): number {
  const pte = makePte();
  let length = 0;
  for (; length < nr; length++) {
    table.peek(index + length, pte);
    if (arch.pteNone(pte)) break;
  }
  return length;
}

/** Dirty is merged for the decision, and every entry gets back its own. */
function ownDirty(): Partial<Steps> {
  let dirty: boolean[] = [];
  return {
    start: (range, index, nr, pte) => {
      const entry = makePte();
      dirty = Array.from({ length: nr }, (_, i) => {
        range.table.peek(index + i, entry);
        return range.arch.pteDirty(entry.bits);
      });
      RIGHT.start(range, index, nr, pte);
    },
    commit: (range, index, nr, done, setWrite, total) => {
      const { bits } = range.new;
      for (let i = done; i < done + nr; i++) {
        range.new.bits = dirty[i] === true ? bits : range.arch.pteMkclean(bits);
        RIGHT.commit(range, index, 1, i, setWrite, total);
      }
      range.new.bits = bits;
    },
  };
}

/** Handles the non-present entries behind a batch, each moving on by as much as the batch did. */
function advanceAsBefore(range: PteRange, index: number, nr: number): number {
  const { arch, table } = range;
  const pte = makePte();
  let next = index + nr;
  for (; nr > 1 && next < range.end; next += nr) {
    table.peek(next, pte);
    if (arch.ptePresent(pte.bits)) break;
    const none = arch.pteNone(pte);
    range.pages += none ? changeNonePte(range, next) : changeSoftleafPte(range, next, pte);
  }
  return next - index;
}

const LATER_DIRTY = x86('mmap 0 2 rw anon', 'entries 0 A=1 A0:wy A1:wdy', 'mprotect 0 2 r');
const ONE_EXCLUSIVE = x86(
  'mmap 0 2 r anon',
  'entries 0 A=1,exclusive:10 A0:y A1:y',
  'mprotect 0 2 rw',
);

/** See the head of this file. */
export const COMMIT: readonly Mutant[] = [
  walkMutant({
    id: 'M4',
    summary: 'frames are not moved on with the runs of a batch',
    source: 'prot_commit_flush_ptes without pte_advance_pfn',
    steps: {
      commit: (range, index, nr, done, setWrite) => {
        commitAt(range, index + done, nr, setWrite, [0, 0]);
      },
    },
    // Page 1 maps the frame of page 0.
    smallest: ONE_EXCLUSIVE,
  }),
  walkMutant({
    id: 'M4+old',
    summary: 'the frame of the old entry is not moved on with the runs of a batch',
    source: 'prot_commit_flush_ptes, half of pte_advance_pfn',
    steps: {
      commit: (range, index, nr, done, setWrite) => {
        commitAt(range, index + done, nr, setWrite, [0, done]);
      },
    },
    // x86-64 takes page 1 for changed, and flushes it.
    smallest: ONE_EXCLUSIVE,
  }),
  walkMutant({
    id: 'M4+slot',
    summary: 'the place in the table is not moved on with the runs of a batch',
    source: 'prot_commit_flush_ptes without the step of address and entry pointer',
    steps: {
      commit: (range, index, nr, done, setWrite) => {
        commitAt(range, index, nr, setWrite, [done, done]);
      },
    },
    // The second run overwrites the first; page 1 stays empty.
    smallest: ONE_EXCLUSIVE,
  }),
  walkMutant({
    id: 'M13',
    summary: 'the change is made from what the walk read, not from what the start returned',
    source: 'ptep_get taken for modify_prot_start_ptes',
    steps: {
      start: (range, index, nr, pte) => {
        RIGHT.start(range, index, nr, pte);
        range.old.pfn = pte.pfn;
        range.old.bits = pte.bits;
      },
    },
    // Page 1 loses its dirty bit, as page 0 would lose one that hardware sets in between.
    smallest: LATER_DIRTY,
  }),
  walkMutant({
    id: 'M14',
    summary: 'the whole batch is started, and the walk comes back for every run',
    source: 'trap of a state that outlives the call',
    steps: {
      commit: (range, index, nr, done, setWrite, total) => {
        if (done === 0) RIGHT.commit(range, index, nr, done, setWrite, total);
      },
      count: (range, _page, index, nr) => notEmpty(range, index, nr),
      advance: notEmpty,
    },
    // The walk finds page 1 empty and passes it over: the mapping is lost.
    smallest: ONE_EXCLUSIVE,
  }),
  walkMutant({
    id: 'M15',
    summary: 'dirty of the batch decides, and is not written back',
    source: 'merging for the decision only',
    steps: ownDirty(),
    // Page 1 becomes writable and stays clean: the file system is never told.
    smallest: x86(
      'file f /mnt/f 2',
      'mmap 0 2 r shared f',
      'entries 0 A=1,file A0:dy A1:y',
      'mprotect 0 2 rw',
    ),
  }),
  walkMutant({
    id: 'M16',
    summary: 'accessed and dirty are those of the first entry',
    source: 'modify_prot_start_ptes without merging',
    steps: {
      start: (range, index, nr, pte) => {
        const first = makePte();
        range.table.peek(index, first);
        RIGHT.start(range, index, nr, pte);
        range.old.bits = first.bits;
      },
    },
    smallest: LATER_DIRTY,
  }),
  walkMutant({
    id: 'M26',
    summary: 'after a batch a non-present entry moves on by the length of the batch',
    source: 'nr_ptes not set to 1 at the head of the loop',
    steps: { advance: advanceAsBefore },
    // B is passed over.
    smallest: x86('mmap 0 4 rw anon', 'entries 0 A=1 B=0 A0:wy A1:wy none B0:wy', 'mprotect 0 4 r'),
  }),
  walkMutant({
    id: 'M27',
    summary: 'frames of PROT_NONE entries are moved on as they are stored, inverted on x86-64',
    source: 'pte_advance_pfn by a plain addition, in the commit',
    steps: {
      commit: (range, index, nr, done, setWrite, total) => {
        const { pfn } = range.new;
        for (let i = done; i < done + nr; i++) {
          range.new.pfn = pfn + i * (1 - range.arch.pfnWordStep(range.new.bits));
          RIGHT.commit(range, index, 1, i, setWrite, total);
        }
        range.new.pfn = pfn;
      },
    },
    // Page 1 maps the frame before that of page 0.
    smallest: x86('mmap 0 2 rw anon', 'entries 0 A=1 A0:wy A1:wy', 'mprotect 0 2 n'),
  }),
];
