import { folioLetter } from '@ptelab/report';
import { ENTRY_FLAG } from '../model/entry-flags.ts';
import { ENTRY_KIND, entryKindWords } from '../model/entry-kind.ts';
import { eachAround, type Stretches } from '../model/film-batches.ts';
import type { MachineFilm } from '../model/machine-film.ts';
import type { TableFrame } from '../model/table-frame.ts';

/** The batch that a page is in. */
export interface BatchOfPage {
  readonly at: number;
  readonly pages: number;
  /** The sub-batch that the page was committed in. */
  readonly commit: { readonly at: number; readonly pages: number } | null;
  /** Why it ended where it did. */
  readonly why: string;
  /** Why the sub-batch did; null if it ended with the batch. */
  readonly whyCommit: string | null;
}

interface Stretch {
  readonly at: number;
  readonly pages: number;
}

/** The last stretch that holds a page, or null. */
function holding(stretches: Stretches, page: number): Stretch | null {
  let found: Stretch | null = null;
  eachAround(stretches, stretches.count, page, page + 1, (at, pages) => {
    if (page >= at && page < at + pages) found = { at, pages };
  });
  return found;
}

const NAMES: readonly (readonly [number, string])[] = [
  [ENTRY_FLAG.write, 'write'],
  [ENTRY_FLAG.softDirty, 'soft-dirty'],
  [ENTRY_FLAG.uffdWp, 'uffd-wp'],
  [ENTRY_FLAG.protNone, 'PROT_NONE'],
  [ENTRY_FLAG.cont, 'contiguous'],
  [ENTRY_FLAG.contInvalid, 'contiguous'],
  [ENTRY_FLAG.dirty, 'dirty'],
];

/** Bits that always make no difference; dirty does not with any strategy there is. */
const IGNORED = ENTRY_FLAG.young | ENTRY_FLAG.dirty;

function folioWords(frame: TableFrame, i: number): string {
  const order = frame.order[i] ?? 0;
  return order === 0 ? 'a folio of one page' : `folio ${folioLetter(frame.folio[i] ?? 0)}`;
}

/** What sets the entry behind a batch apart from the last one in it; null if nothing does. */
function differenceOf({ film, flags }: MachineFilm, last: number): string | null {
  const frame = film.before;
  const next = last + 1;
  const page = frame.at + next;
  const kind = frame.kind[next] ?? 0;
  if (kind !== ENTRY_KIND.page) return `page ${page} is ${entryKindWords(kind)}`;
  if (frame.folio[next] !== frame.folio[last]) {
    return `the folio ends: page ${page} is in ${folioWords(frame, next)}`;
  }
  if (frame.frame[next] !== (frame.frame[last] ?? 0) + 1) {
    return `page ${page} maps a frame that does not follow`;
  }
  const differing =
    (flags.read(frame.bits[next] ?? 0) ^ flags.read(frame.bits[last] ?? 0)) & ~IGNORED;
  const names = NAMES.filter(([flag]) => (differing & flag) !== 0).map(([, name]) => name);
  if (names.length > 0) return `page ${page} differs in ${names.join(' and ')}`;
  if (frame.exclusive[next] !== frame.exclusive[last]) {
    return `page ${page} differs in PageAnonExclusive`;
  }
  return null;
}

function whyEnded(machine: MachineFilm, strategy: string, batch: Stretch): string {
  const { film, arch } = machine;
  const end = batch.at + batch.pages;
  const range = film.range;
  if (range !== null && end >= range.at + range.pages) return 'the range of the call ends';
  if (film.vmasBefore.some(({ at, pages }) => at + pages === end)) return 'the VMA ends';
  if (strategy === 'per-pte') return 'per-pte takes one entry at a time';
  if (end % arch.ptesPerTable === 0) return 'the page table ends';
  const last = end - 1 - film.before.at;
  if (batch.pages === 1 && (film.before.order[last] ?? 0) === 0) {
    return 'the folio has one page only';
  }
  return differenceOf(machine, last) ?? `${strategy} takes no more at a time`;
}

function whyCommitted(film: MachineFilm['film'], commit: Stretch): string {
  const next = commit.at + commit.pages - film.before.at;
  const last = next - 1;
  const page = film.before.at + next;
  const { exclusive } = film.before;
  if (exclusive[next] === exclusive[last]) return `its part ends before page ${page}`;
  return exclusive[next] === 1
    ? `page ${page} is exclusive, which may become writable`
    : `page ${page} is not exclusive, which may not become writable`;
}

/** The batch of a step that a page is in, and why it ended there; null if there is none. */
export function batchOfPage(
  machine: MachineFilm,
  strategy: string,
  page: number,
): BatchOfPage | null {
  const batch = holding(machine.batches.batches, page);
  if (batch === null) return null;
  const commit = holding(machine.batches.commits, page);
  const inside = commit !== null && commit.at + commit.pages < batch.at + batch.pages;
  return {
    ...batch,
    commit,
    why: whyEnded(machine, strategy, batch),
    whyCommit: inside ? whyCommitted(machine.film, commit) : null,
  };
}
