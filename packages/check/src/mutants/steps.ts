import {
  canChangeSharedPteWritable,
  folioCanMapProtNuma,
  folioPteBatch,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
  isShared,
  maybeChangePteWritable,
  NO_PAGE,
  vmNormalPage,
} from '@ptelab/mm';
import { defineStrategy, type PteRange, type Strategy } from '@ptelab/mprotect';
import type { Pte } from '@ptelab/pte';

/** Which entries of a batch become writable: none, all, or those of exclusive pages. */
export type Decision = 'none' | 'all' | 'by-page';

/** Entries of a batch that get the same answer. */
interface Run {
  readonly length: number;
  readonly writable: boolean;
}

/**
 * The algorithm of `merged`, cut where mistakes go: each mutant has one step of its own and the others
 * from here. Indices are those of the table; `done` counts entries of the batch.
 */
export interface Steps {
  /** Page that the entry maps. */
  readonly page: (range: PteRange, pte: Readonly<Pte>) => number;
  /** The NUMA scanner leaves the entry alone. */
  readonly numaSkips: (range: PteRange, page: number, pte: Readonly<Pte>) => boolean;
  /** How many entries it then moves on by. */
  readonly skip: (range: PteRange, page: number, index: number, pte: Pte) => number;
  /** Length of the batch. */
  readonly batch: (range: PteRange, page: number, index: number, pte: Pte) => number;
  /** Starts the batch: fills `range.old`. */
  readonly start: (range: PteRange, index: number, nr: number, pte: Readonly<Pte>) => void;
  /** Makes `range.new` from `range.old`. */
  readonly modify: (range: PteRange) => void;
  /** Write permission may come back. */
  readonly upgrades: (range: PteRange) => boolean;
  readonly decide: (range: PteRange, page: number) => Decision;
  /** Page whose exclusive flag counts for the first entry of the batch. */
  readonly firstPage: (range: PteRange, page: number) => number;
  /** The next entries, from `done` on, with the same exclusive flag. */
  readonly run: (range: PteRange, first: number, done: number, nr: number) => Run;
  /**
   * Commits `nr` entries, `done` entries into the batch of `total` entries at `index`, and records
   * their flush.
   */
  readonly commit: (
    range: PteRange,
    index: number,
    nr: number,
    done: number,
    setWrite: boolean,
    total: number,
  ) => void;
  /** How many pages the batch at `index` counts. */
  readonly count: (range: PteRange, page: number, index: number, nr: number) => number;
  /** How many entries the walk moves on by. */
  readonly advance: (range: PteRange, index: number, nr: number) => number;
}

/** Length of the batch with other flags than the right ones. */
export function batchWith(
  flags: number,
): (range: PteRange, page: number, index: number, pte: Pte) => number {
  return ({ mm, table, end }, page, index, pte) => {
    const large = page !== NO_PAGE && mm.system.memmap.folioOrder(page) > 0;
    return large ? folioPteBatch(mm, table, index, pte, end - index, flags) : 1;
  };
}

/** Every step as it is right. */
export const RIGHT: Steps = {
  page: ({ mm }, pte) => vmNormalPage(mm, pte),

  numaSkips: ({ arch, mm, vma }, page, pte) =>
    arch.pteProtnone(pte.bits) || !folioCanMapProtNuma(mm, vma, page),

  skip: batchWith(0),

  batch: batchWith(FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE),

  start: ({ arch, mm, table, old }, index, nr) => {
    arch.modifyProtStart(mm, table, index, nr, old);
  },

  modify: (range) => {
    range.arch.pteModify(range.old, range.newprot, range.new);
    range.new.bits = range.applyUffd(range.new.bits);
  },

  upgrades: (range) => range.tryChangeWritable && !range.arch.pteWrite(range.new.bits),

  decide: ({ mm, vma, new: new_ }, page) => {
    if (isShared(vma)) return canChangeSharedPteWritable(mm, vma, new_.bits) ? 'all' : 'none';
    const anon = page !== NO_PAGE && mm.system.memmap.isAnon(page);
    return anon && maybeChangePteWritable(mm, vma, new_.bits) ? 'by-page' : 'none';
  },

  firstPage: (_range, page) => page,

  run: ({ mm }, first, done, nr) => {
    const { memmap } = mm.system;
    const writable = memmap.anonExclusive(first + done);
    let length = 1;
    while (done + length < nr && memmap.anonExclusive(first + done + length) === writable) length++;
    return { length, writable };
  },

  commit: (range, index, nr, done, setWrite) => {
    const { arch, mm, table, partOld, partNew } = range;
    range.advancePfn(range.old, done, partOld);
    range.advancePfn(range.new, done, partNew);
    if (setWrite) partNew.bits = arch.pteMkwrite(partNew.bits);
    arch.modifyProtCommit(mm, table, index + done, partOld, partNew, nr);
    if (arch.pteNeedsFlush(partOld, partNew)) {
      range.gather.flushPteRange(range.vpn(index + done), nr);
    }
  },

  count: (_range, _page, _index, nr) => nr,

  advance: (_range, _index, nr) => nr,
};

function commitBatch(range: PteRange, steps: Steps, page: number, index: number, nr: number): void {
  const decision = steps.upgrades(range) ? steps.decide(range, page) : 'none';
  if (decision !== 'by-page') {
    steps.commit(range, index, nr, 0, decision === 'all', nr);
    return;
  }
  const first = steps.firstPage(range, page);
  for (let done = 0; done < nr;) {
    const { length, writable } = steps.run(range, first, done, nr);
    steps.commit(range, index, length, done, writable, nr);
    done += length;
  }
}

/**
 * The strategy that these steps make.
 *
 * @param id - of the mutant; the strategy is called after it.
 */
export function strategyOf(
  id: string,
  summary: string,
  source: string,
  own: Partial<Steps>,
  softleaf?: Strategy['changeSoftleafPte'],
): Strategy {
  const steps = { ...RIGHT, ...own };
  return defineStrategy({
    name: `mutant-${id.toLowerCase().replace('+', '-plus-')}`,
    summary,
    source,
    changePresentPtes(range, index, pte) {
      const { arch } = range;
      if (range.protNuma && arch.features.numaProtnoneFirst && arch.pteProtnone(pte.bits)) return 1;
      const page = steps.page(range, pte);
      if (range.protNuma && steps.numaSkips(range, page, pte)) {
        return steps.skip(range, page, index, pte);
      }
      const nr = steps.batch(range, page, index, pte);
      steps.start(range, index, nr, pte);
      steps.modify(range);
      commitBatch(range, steps, page, index, nr);
      range.pages += steps.count(range, page, index, nr);
      return steps.advance(range, index, nr);
    },
    ...(softleaf === undefined ? {} : { changeSoftleafPte: softleaf }),
  });
}
