import type { EntriesOp } from '../op/operation.ts';
import { parseEntryWord, type EntryFolio, type EntryWord } from './entry-word.ts';

/**
 * A folio that cells map; cells of one folio hold the same object. Everything is said: `exclusive` has a digit
 * for each page. Only the frame is left to the allocator.
 */
export type CellFolio = Required<Omit<EntryFolio, 'pfn'>>;

/** A word with its folio in place of the folio's name. */
export type WithFolio<Word> = Word extends { readonly folio: string }
  ? Omit<Word, 'folio'> & { readonly folio: CellFolio }
  : Word;

/** What one page-table entry holds, without names. */
export type EntryCell = WithFolio<EntryWord>;

/** Folios that one `entries` step can name: a capital letter each. */
const MOST_FOLIOS = 26;

function cellFolio({ order, kind = 'anon', exclusive, shared = false }: EntryFolio): CellFolio {
  const digits = exclusive ?? (kind === 'anon' ? '1' : '0');
  const pages = 2 ** order;
  return { order, kind, shared, exclusive: digits.length === 1 ? digits.repeat(pages) : digits };
}

/**
 * The cells of an `entries` step, one for each page.
 *
 * @throws RangeError for a word that is none, or a folio that the step does not have.
 */
export function cellsOfEntries({ folios = {}, pages }: EntriesOp): EntryCell[] {
  const known = new Map(Object.entries(folios).map(([name, folio]) => [name, cellFolio(folio)]));
  return pages.map((text): EntryCell => {
    const word = parseEntryWord(text);
    if (word === null) throw new RangeError(`${JSON.stringify(text)} is no entry`);
    if (!('folio' in word)) return word;
    const folio = known.get(word.folio);
    if (folio === undefined) throw new RangeError(`no folio of the step is called ${word.folio}`);
    return { ...word, folio };
  });
}

function folioFields({ order, kind, exclusive, shared }: CellFolio): EntryFolio {
  const [first = ''] = exclusive;
  const digits = exclusive === first.repeat(exclusive.length) ? first : exclusive;
  const usual = kind === 'anon' ? '1' : '0';
  return {
    order,
    ...(kind === 'anon' ? {} : { kind }),
    ...(digits === usual ? {} : { exclusive: digits }),
    ...(shared ? { shared } : {}),
  };
}

function wordOf(cell: EntryCell, names: ReadonlyMap<CellFolio, string>): string {
  if (!('folio' in cell)) return cell.kind;
  const place = `${names.get(cell.folio) ?? ''}${cell.page}`;
  if (cell.kind !== 'present') return `${cell.kind}:${place}`;
  return cell.letters === '' ? place : `${place}:${cell.letters}`;
}

function stepOf(at: number, cells: readonly EntryCell[]): EntriesOp {
  const names = new Map<CellFolio, string>();
  for (const cell of cells) {
    if (!('folio' in cell) || names.has(cell.folio)) continue;
    names.set(cell.folio, String.fromCharCode('A'.charCodeAt(0) + names.size));
  }
  const folios = Object.fromEntries([...names].map(([folio, name]) => [name, folioFields(folio)]));
  return {
    op: 'entries',
    at,
    ...(names.size === 0 ? {} : { folios }),
    pages: cells.map((cell) => wordOf(cell, names)),
  };
}

/** Where a folio is mapped last. */
function lastPlaces(cells: readonly EntryCell[]): Map<CellFolio, number> {
  const last = new Map<CellFolio, number>();
  for (const [i, cell] of cells.entries()) if ('folio' in cell) last.set(cell.folio, i);
  return last;
}

/**
 * Says cells as `entries` steps: one, or several if there are more folios than letters. Stretches of `none`
 * at their ends are left out.
 *
 * @param at - page of the first cell.
 * @throws RangeError if folios lie among each other so that no step ends between them.
 */
export function entriesOfCells(at: number, cells: readonly EntryCell[]): EntriesOp[] {
  const last = lastPlaces(cells);
  const steps: EntriesOp[] = [];
  let begin = 0;
  let cut = 0;
  let open = 0;
  let folios = new Set<CellFolio>();
  const close = (end: number): void => {
    let from = begin;
    let to = end;
    while (from < to && cells[from]?.kind === 'none') from++;
    while (to > from && cells[to - 1]?.kind === 'none') to--;
    if (from < to) steps.push(stepOf(at + from, cells.slice(from, to)));
    begin = end;
    folios = new Set(cells.slice(end, cut).flatMap((cell) => ('folio' in cell ? cell.folio : [])));
  };
  for (const [i, cell] of cells.entries()) {
    if (open <= i) cut = i;
    if (!('folio' in cell)) continue;
    if (!folios.has(cell.folio) && folios.size === MOST_FOLIOS) {
      if (cut <= begin) {
        throw new RangeError(
          `expected at most ${MOST_FOLIOS} folios among each other, found more at page ${at + begin}`,
        );
      }
      const end = cut;
      cut = i;
      close(end);
    }
    folios.add(cell.folio);
    open = Math.max(open, (last.get(cell.folio) ?? i) + 1);
  }
  close(cells.length);
  return steps;
}
