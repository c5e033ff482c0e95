import type { ConformCounts, ConformSummary, FileReport, Mismatch } from '@ptelab/kernel';
import { counted } from './text/numbers.ts';
import { Page } from './text/page.ts';
import { settings, type RenderOptions } from './text/style.ts';
import type { Cell, Column } from './text/table.ts';

/** Title of a column and the count in it. */
type CountColumn = readonly [string, keyof ConformCounts];

const COLUMNS: readonly CountColumn[] = [
  ['stories', 'recordings'],
  ['steps', 'steps'],
  ['entries', 'ptes'],
  ['excl.', 'paeFlags'],
  ['faults', 'faultVectors'],
  ['calls', 'counters'],
  ['differ', 'mismatches'],
  ['skipped', 'unsupported'],
];

/** What /proc shows of pages and processes. */
const PROC_COLUMNS: readonly CountColumn[] = [
  ['mapcounts', 'mapcounts'],
  ['pagemap', 'pagemap'],
  ['kpageflags', 'kpageflags'],
  ['VMAs', 'vmas'],
  ['smaps', 'smaps'],
  ['minor faults', 'minflt'],
];

function countCells(counts: ConformCounts, shown = COLUMNS): (Cell | string)[] {
  return shown.map(([, key]) => {
    const text = String(counts[key]);
    return key === 'mismatches' && counts[key] > 0 ? { text, tone: 'bad' } : text;
  });
}

function columns(first: string, shown = COLUMNS): Column[] {
  return [{ title: first }, ...shown.map(([title]): Column => ({ title, align: 'right' }))];
}

/** The part of a path that tells recordings apart. */
function shortName(file: string): string {
  const base = file.split('/').at(-1) ?? file;
  return base.replace(/\.ndjson(?:\.gz)?$/, '');
}

/** What the model lacks in all files together, most costly first. */
function lacks(files: readonly FileReport[]): [string, number][] {
  const total = new Map<string, number>();
  for (const file of files) {
    for (const [what, steps] of Object.entries(file.lacks)) {
      total.set(what, (total.get(what) ?? 0) + steps);
    }
  }
  return [...total].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** Writes what was compared and what differs: files, families, totals and what the model lacks. */
export function renderConform(
  summary: ConformSummary,
  files: readonly FileReport[],
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading('Recordings', 2);
  page.table({
    columns: columns('file'),
    rows: [
      ...files.map((file) => [shortName(file.file), ...countCells(file)]),
      ['all', ...countCells(summary)],
    ],
  });
  page.table({
    columns: columns('/proc', PROC_COLUMNS),
    rows: [
      ...files.map((file) => [shortName(file.file), ...countCells(file, PROC_COLUMNS)]),
      ['all', ...countCells(summary, PROC_COLUMNS)],
    ],
  });
  const families = Object.entries(summary.byFamily);
  if (families.length > 1) {
    page.table({
      columns: columns('family'),
      rows: families.map(([family, counts]) => [family, ...countCells(counts)]),
    });
  }
  const lacking = lacks(files);
  if (lacking.length > 0) {
    page.heading('Skipped because the model lacks it', 2);
    page.table({
      columns: [{ title: 'steps', align: 'right' }, { title: 'what' }],
      rows: lacking.map(([what, steps]) => [String(steps), what]),
    });
  }
  const inputs = Object.entries(summary.inputs);
  if (inputs.length > 0) {
    page.heading('Taken from the recordings because no story can say it', 2);
    page.table({
      columns: [{ title: 'times', align: 'right' }, { title: 'input' }],
      rows: inputs.map(([name, nr]) => [String(nr), name]),
    });
  }
  const { mismatches } = summary;
  const verdict = mismatches === 0 ? 'nothing differs' : `${counted(mismatches, 'thing')} differ`;
  page.lines(
    [`${counted(summary.steps, 'step')} compared, ${summary.unsupported} skipped: ${verdict}`],
    mismatches === 0 ? 'good' : 'bad',
  );
  return page.toString();
}

/**
 * Writes disagreements between recordings and the model.
 *
 * @param left - how many more there are.
 */
export function renderMismatches(
  mismatches: readonly Mismatch[],
  left: number,
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading('What differs', 2);
  page.lines(
    mismatches.flatMap(({ file, recording, step, op, what, expected, found }) => [
      `${shortName(file)} ${recording} step ${step + 1}: ${op}`,
      `  ${what}: the kernel has ${expected}, the model ${found}`,
    ]),
  );
  if (left > 0) page.lines([`and ${left} more`], 'quiet');
  return page.toString();
}
