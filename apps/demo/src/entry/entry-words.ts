import { folioLetter } from '@ptelab/report';
import { ENTRY_FLAG } from '../model/entry-flags.ts';
import { ENTRY_KIND, entryKindWords } from '../model/entry-kind.ts';
import type { MachineFilm } from '../model/machine-film.ts';
import { sizeText } from '../model/size-text.ts';
import { NO_FOLIO } from '../model/table-frame.ts';

const WORDS: readonly (readonly [number, string])[] = [
  [ENTRY_FLAG.protNone, 'PROT_NONE'],
  [ENTRY_FLAG.write, 'write'],
  [ENTRY_FLAG.dirty, 'dirty'],
  [ENTRY_FLAG.young, 'accessed'],
  [ENTRY_FLAG.softDirty, 'soft-dirty'],
  [ENTRY_FLAG.uffdWp, 'uffd-wp'],
  [ENTRY_FLAG.cont, 'contiguous'],
  [ENTRY_FLAG.contInvalid, 'contiguous bit, not valid'],
];

/** The folio of a page: `folio B, 64 KiB (order 4), page 3 of it`; null if it maps none. */
export function folioWords({ player }: MachineFilm, page: number): string | null {
  const { frame } = player;
  const i = page - frame.at;
  const folio = frame.folio[i] ?? NO_FOLIO;
  const mapped = frame.kind[i] === ENTRY_KIND.page || frame.kind[i] === ENTRY_KIND.huge;
  if (folio === NO_FOLIO || !mapped) return null;
  const order = frame.order[i] ?? 0;
  if (order === 0) return 'folio of one page';
  const inside = (frame.frame[i] ?? 0) % 2 ** order;
  return `folio ${folioLetter(folio)}, ${sizeText(2 ** order)} (order ${order}), page ${inside} of it`;
}

/** What the bits of a page's entry say, for who can't see the marks. */
export function entryWords(machine: MachineFilm, page: number): string {
  const { frame } = machine.player;
  const i = page - frame.at;
  const kind = frame.kind[i] ?? 0;
  if (kind !== ENTRY_KIND.page && kind !== ENTRY_KIND.huge) return entryKindWords(kind);
  const flags = machine.flags.read(frame.bits[i] ?? 0);
  const words = WORDS.filter(([flag]) => (flags & flag) !== 0).map(([, word]) => word);
  if (frame.exclusive[i] === 1) words.push('exclusive');
  const folio = folioWords(machine, page);
  const place = folio === null ? [] : [folio];
  return [...place, words.length === 0 ? 'no marks' : words.join(', ')].join('; ');
}
