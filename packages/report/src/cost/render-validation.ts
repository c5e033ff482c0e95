import {
  TOLERANCE,
  type UnmodelledRow,
  type ValidatedRow,
  type ValidatedTable,
} from '@ptelab/cost';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Cell, Table } from '../text/table.ts';
import { figure, percent, range } from './figures.ts';

const UNITS: Readonly<Record<ValidatedRow['unit'], string>> = {
  s: ' s',
  us: ' us',
  ns: ' ns',
  '1': '',
};

function verdict({ use, derived, inside, inRange }: ValidatedRow): Cell {
  if (use === 'fit') return { text: derived ? 'follows from fit' : 'fit', tone: 'quiet' };
  if (!inside) return { text: 'outside', tone: 'bad' };
  return { text: inRange ? 'inside' : 'inside, not in range', tone: 'good' };
}

function tableOf(rows: readonly ValidatedRow[]): Table {
  const several = new Set(rows.map(({ machine }) => machine)).size > 1;
  return {
    columns: [
      ...(several ? [{ title: 'machine' }] : []),
      { title: '' },
      { title: 'published', align: 'right' as const },
      { title: 'predicted', align: 'right' as const },
      { title: 'range', align: 'right' as const },
      { title: 'error', align: 'right' as const },
      { title: '' },
    ],
    rows: rows.map((row) => [
      ...(several ? [row.machine] : []),
      row.what,
      `${figure(row.published)}${UNITS[row.unit]}`,
      figure(row.predicted.likely),
      range(row.predicted),
      percent(row.error),
      verdict(row),
    ]),
  };
}

/** Rows that a remark names. */
const MOST_NAMED = 4;

/** Says of rows with the same text that text once. */
function remarks(
  rows: readonly ValidatedRow[],
  kind: string,
  text: (row: ValidatedRow) => string,
): string[] {
  const texts = new Set(rows.map(text).filter((each) => each !== ''));
  return [...texts].map((each) => {
    const about = rows.filter((row) => text(row) === each).map(({ what }) => what);
    const more = about.length - MOST_NAMED;
    const names = [
      ...about.slice(0, MOST_NAMED),
      ...(more > 0 ? [`${String(more)} more`] : []),
    ].join('; ');
    return `${kind}${about.length === rows.length ? '' : ` (${names})`}: ${each}.`;
  });
}

function summary(rows: readonly ValidatedRow[]): string {
  const validation = rows.filter(({ use }) => use === 'validation');
  const inside = validation.filter((row) => row.inside).length;
  const inRange = validation.filter((row) => row.inRange).length;
  const fitted = rows.filter(({ use, derived }) => use === 'fit' && !derived).length;
  const within = String(100 * TOLERANCE);
  return (
    `${String(validation.length)} validation rows: ${String(inside)} within ${within} % of the published figure, ` +
    `${String(validation.length - inside)} outside; ${String(inRange)} of the published figures lie in the predicted range. ` +
    `Prices are fitted to ${String(fitted)} other rows and to nothing else.`
  );
}

/** Writes published tables beside what the model predicts, and what it can't predict. */
export function renderValidation(
  tables: readonly ValidatedTable[],
  unmodelled: readonly UnmodelledRow[],
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading('Published figures and what the model predicts', 1);
  page.paragraph(summary(tables.flatMap(({ rows }) => rows)));
  for (const { title, source, rows } of tables) {
    const machines = [...new Set(rows.map(({ machine }) => machine))];
    page.heading(machines.length === 1 ? `${machines.join('')}: ${title}` : title, 2);
    page.paragraph(`${source}.`);
    page.table(tableOf(rows));
    for (const text of [
      ...remarks(rows, 'Note', ({ caveat }) => caveat),
      ...remarks(rows, 'Outside', ({ reason }) => reason),
    ]) {
      page.paragraph(text);
    }
  }
  if (unmodelled.length > 0) page.heading('Published, and not computed', 2);
  page.lines(unmodelled.map(({ source, what, why }) => `${source}: ${what}: ${why}`));
  return page.toString();
}
