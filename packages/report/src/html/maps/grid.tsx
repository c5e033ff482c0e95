import type { MappedPage } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { pageRange } from '../../text/numbers.ts';
import type { Folded } from './fold.ts';
import { folioLetter, pageWords, stateText, type Mark } from './marks.ts';
import type { Segment } from './overlay.ts';
import { ROW_PAGES, type MapCell, type PageMap } from './page-map.ts';

/** Folio colours in the style sheet. */
const HUES = 6;

const SEGMENT_CLASS = { only: 's e', first: 's', between: '', last: 'e' };

function Strip({
  kind,
  segment,
}: {
  readonly kind: string;
  readonly segment: Segment;
}): JSX.Element {
  const classes = segment === null ? 'strip' : `strip ${kind} ${SEGMENT_CLASS[segment]}`.trim();
  return <i class={classes} />;
}

function Marks({
  cell,
  marks,
}: {
  readonly cell: MapCell;
  readonly marks: readonly Mark[];
}): JSX.Element {
  const { page, changedMarks } = cell;
  const texts = marks.map(({ letter, isSet }) => {
    if (isSet(page)) return letter;
    return letter === 'W' && page.protNone ? 'N' : '·';
  });
  return (
    <code>{texts.map((text, i) => (changedMarks[i] === true ? <u key={i}>{text}</u> : text))}</code>
  );
}

function isMapped({ state }: MappedPage): boolean {
  return state === 'page' || state === 'huge';
}

interface CellProps {
  readonly cell: MapCell;
  readonly marks: readonly Mark[];
  readonly strips: { readonly batch: boolean; readonly commit: boolean };
}

function Cell({ cell, marks, strips }: CellProps): JSX.Element {
  const { page, folio, changed, differs, batch, commit, flushes } = cell;
  const classes = [
    'cell',
    folio === null
      ? isMapped(page)
        ? 'single'
        : page.state === 'no-table'
          ? 'void'
          : 'empty'
      : `hue-${folio % HUES}`,
    page.state === 'huge' ? 'huge' : '',
    page.protNone ? 'none' : '',
    changed ? 'changed' : '',
    differs ? 'other' : '',
  ];
  const raw = page.raw === null ? '' : `: ${page.raw}`;
  return (
    <span class="page" title={`page ${page.page}${raw} ${pageWords(page)}`.trim()}>
      {strips.batch && <Strip kind="batch" segment={batch} />}
      {strips.commit && <Strip kind="commit" segment={commit} />}
      <span class={classes.filter(Boolean).join(' ')}>
        <b>{folio === null ? stateText(page) : folioLetter(folio)}</b>
        {isMapped(page) && <Marks cell={cell} marks={marks} />}
      </span>
      {flushes.map((segment, i) => (
        <Strip key={i} kind="flush" segment={segment} />
      ))}
    </span>
  );
}

/** The contiguous bit of a whole row, or null if its entries differ. */
function rowCont(row: readonly MapCell[]): MappedPage['cont'] {
  const first = row[0]?.page.cont ?? null;
  return row.length === ROW_PAGES && row.every(({ page }) => page.cont === first) ? first : null;
}

const CONT_TEXT = { valid: 'CONT', invalid: '(CONT)' };

interface PartsProps {
  readonly map: PageMap;
  readonly parts: readonly Folded[];
  readonly marks: readonly Mark[];
  readonly strips: CellProps['strips'];
}

function Row({
  row,
  ...rest
}: { readonly row: readonly MapCell[] } & Omit<CellProps, 'cell'>): JSX.Element {
  const cont = rowCont(row);
  return (
    <div class="row">
      <span class="at">
        {row[0]?.page.page}
        {cont !== null && <b>{CONT_TEXT[cont]}</b>}
      </span>
      <div class={`block ${cont ?? ''}`.trim()}>
        {row.map((cell) => (
          <Cell key={cell.page.page} cell={cell} {...rest} />
        ))}
      </div>
    </div>
  );
}

/** What rows stand for that come again and again. */
function repeatText(map: PageMap, part: Extract<Folded, { kind: 'repeat' }>): string {
  const pages = part.rows * ROW_PAGES;
  const at = map.rows[part.index]?.[0]?.page.page ?? 0;
  return `pages ${pageRange(at, pages * part.times)}: ${part.times} × ${pages} alike but for their frames, the first of them:`;
}

function Parts({ map, parts, ...rest }: PartsProps): JSX.Element {
  return (
    <>
      {parts.map((part) =>
        part.kind === 'row' ? (
          <Row key={part.index} row={map.rows[part.index] ?? []} {...rest} />
        ) : (
          <div key={part.index} class="repeat">
            <p>{repeatText(map, part)}</p>
            <Parts map={map} parts={part.body} {...rest} />
          </div>
        ),
      )}
    </>
  );
}

interface GridProps {
  readonly map: PageMap;
  readonly marks: readonly Mark[];
  /** What the map shows, for those who can't see it. */
  readonly label: string;
  /** Whether some batch of the step was committed in parts. */
  readonly commits: boolean;
}

/** Entries as cells, one row for each aligned block of 16 pages. */
export function Grid({ map, marks, label, commits }: GridProps): JSX.Element {
  const cells = map.rows.flat();
  const batch = cells.some((cell) => cell.batch !== null);
  const strips = { batch, commit: batch && commits };
  return (
    <>
      <div class="grid" role="img" aria-label={label}>
        <Parts map={map} parts={map.folded} marks={marks} strips={strips} />
      </div>
      {map.left > 0 && <p class="note">{map.left} more pages are not drawn.</p>}
    </>
  );
}
