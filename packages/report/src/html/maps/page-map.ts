import type { MappedPage } from '@ptelab/scenario';
import { foldRows, type Folded } from './fold.ts';
import { sameEntry, type Mark } from './marks.ts';
import type { Overlay, Segment } from './overlay.ts';

/** Pages in a row: a contiguous block of arm64 with 4K pages. */
export const ROW_PAGES = 16;

/** Maps of fewer rows are drawn row by row. */
const LEAST_FOLDED = 12;

/** More rows than these are not drawn: nobody looks at them. */
const MOST_ROWS = 48;

/** One cell of a map. */
export interface MapCell {
  readonly page: MappedPage;
  /** Number of the folio, or null for pages without one and folios of a single page. */
  readonly folio: number | null;
  /** What the call changed: the whole entry, and which of the marks. */
  readonly changed: boolean;
  readonly changedMarks: readonly boolean[];
  /** True if the entry is not the one that the compared machine has. */
  readonly differs: boolean;
  readonly batch: Segment;
  readonly commit: Segment;
  readonly flushes: readonly Segment[];
}

/** A map ready to draw: rows, folded where they are alike. */
export interface PageMap {
  readonly rows: readonly (readonly MapCell[])[];
  readonly folded: readonly Folded[];
  /** Pages that are beyond what is drawn. */
  readonly left: number;
}

/** What a map is made of. */
export interface MapSource {
  readonly pages: readonly MappedPage[];
  /** The same pages before the call, for the map after it. */
  readonly before?: readonly MappedPage[];
  /** The same pages on the machine that this one is compared with. */
  readonly base?: readonly MappedPage[];
  readonly overlay?: Overlay;
  readonly folios: ReadonlyMap<number, number>;
  readonly marks: readonly Mark[];
}

function cellAt(source: MapSource, i: number, page: MappedPage): MapCell {
  const { before, base, overlay, folios, marks } = source;
  const old = before?.[i];
  const other = base?.[i];
  const single = (page.folioOrder ?? 0) === 0;
  return {
    page,
    folio: page.folio === null || single ? null : (folios.get(page.folio) ?? null),
    changed: old !== undefined && !sameEntry(page, old),
    changedMarks: marks.map(({ isSet }) => old !== undefined && isSet(old) !== isSet(page)),
    differs: other !== undefined && !sameEntry(page, other),
    batch: overlay?.batch[i] ?? null,
    commit: overlay?.commit[i] ?? null,
    flushes: (overlay?.flushes ?? []).map((lane) => lane[i] ?? null),
  };
}

/** What is alike in rows that differ only in frames: how each page follows the one before it. */
function folioKey({ pfn, folio, folioOrder }: MappedPage, last: MappedPage | undefined): string {
  if (pfn === null) return '';
  const follows = last?.pfn === pfn - 1 && last.folio === folio;
  return `${folioOrder ?? ''}${pfn === folio ? 'first' : follows ? 'next' : 'other'}`;
}

/** Ends of a long flush that fall on the end of a row: the bar ends there anyway. */
function flushKey(segment: Segment, column: number): Segment {
  if (segment === 'first' && column === 0) return 'between';
  if (segment === 'last' && column === ROW_PAGES - 1) return 'between';
  return segment;
}

function rowKey(row: readonly MapCell[], marks: readonly Mark[]): string {
  return row
    .map((cell, column) => {
      const { page, changed, changedMarks, differs, batch, commit, flushes } = cell;
      return [
        page.state,
        folioKey(page, row[column - 1]?.page),
        page.cont,
        page.protNone,
        marks.map(({ isSet }) => isSet(page)).join(),
        changed,
        changedMarks.join(),
        differs,
        batch,
        commit,
        flushes.map((segment) => flushKey(segment, column)).join(),
      ].join(' ');
    })
    .join('|');
}

function drawnRows(parts: readonly Folded[]): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'row' ? 1 : drawnRows(part.body)), 0);
}

/** The first parts that are {@link MOST_ROWS} rows to draw, and how many rows of the map they stand for. */
function drawnParts(parts: readonly Folded[]): { folded: Folded[]; covered: number } {
  const folded: Folded[] = [];
  let drawn = 0;
  let covered = 0;
  for (const part of parts) {
    const rows = drawnRows([part]);
    if (drawn + rows > MOST_ROWS) {
      // A long pattern that does not fit begins like this.
      for (let i = 0; part.kind === 'repeat' && drawn < MOST_ROWS; i++, drawn++, covered++) {
        folded.push({ kind: 'row', index: part.index + i });
      }
      break;
    }
    folded.push(part);
    drawn += rows;
    covered += part.kind === 'row' ? 1 : part.rows * part.times;
  }
  return { folded, covered };
}

/** Makes a map of `source`: at most {@link MOST_ROWS} rows to draw, others stand for those that are alike. */
export function pageMap(source: MapSource): PageMap {
  const cells = source.pages.map((page, i) => cellAt(source, i, page));
  const rows: MapCell[][] = [];
  for (let i = 0; i < cells.length; i += ROW_PAGES) rows.push(cells.slice(i, i + ROW_PAGES));
  const all: readonly Folded[] =
    rows.length < LEAST_FOLDED
      ? rows.map((_, index): Folded => ({ kind: 'row', index }))
      : foldRows(rows.map((row) => rowKey(row, source.marks)));
  const { folded, covered } = drawnParts(all);
  return { rows, folded, left: Math.max(0, cells.length - covered * ROW_PAGES) };
}
