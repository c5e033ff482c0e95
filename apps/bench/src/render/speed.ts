import type { Page, Table } from '@ptelab/report';
import { MODES } from '../model/modes.ts';
import type { ArchName, Engine, SpeedMode, SpeedResult, SpeedRow } from '../result/result.ts';
import { addIrregular } from './irregular.ts';
import { short, sizeText } from './numbers.ts';

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function bothMedians(row: SpeedRow | undefined): string {
  if (row === undefined) return '';
  return `${short(row.readOnly.median)} / ${short(row.readWrite.median)}`;
}

function ordersTable({ rows, memory }: SpeedResult, arch: ArchName, engine: Engine): Table {
  const isIts = (row: { arch: ArchName; engine: Engine }): boolean =>
    row.arch === arch && row.engine === engine;
  const counting = rows.filter((row) => isIts(row) && row.mode === 'counting');
  const strategies = unique(counting.map((row) => row.strategy));
  return {
    columns: [
      { title: 'order', align: 'right' },
      { title: 'folio\nKiB', align: 'right' },
      ...strategies.map((title) => ({ title: `${title}\nRO / RW`, align: 'right' as const })),
      { title: 'bytes\nper page', align: 'right' },
    ],
    rows: unique(counting.map((row) => row.order)).map((order) => [
      String(order),
      String(4 * 2 ** order),
      ...strategies.map((strategy) =>
        bothMedians(counting.find((row) => row.order === order && row.strategy === strategy)),
      ),
      short(memory.find((row) => isIts(row) && row.order === order)?.bytesPerPage ?? NaN),
    ]),
  };
}

/** Time in `mode` divided by time when counting, over all orders and both directions. */
function modeRatio(rows: readonly SpeedRow[], mode: SpeedMode): string {
  const ratios = rows.flatMap((row) => {
    if (row.mode !== mode) return [];
    const same = rows.find((other) => other.mode === 'counting' && other.order === row.order);
    if (same === undefined) return [];
    return [
      row.readOnly.median / same.readOnly.median,
      row.readWrite.median / same.readWrite.median,
    ];
  });
  if (ratios.length === 0) return '';
  return `${short(median(ratios))} (${short(Math.min(...ratios))} .. ${short(Math.max(...ratios))})`;
}

function modesTable(result: SpeedResult): Table {
  const rows = result.rows.filter(({ engine }) => engine === 'plain');
  const others = MODES.filter((mode) => mode !== 'counting');
  const machines = unique(rows.map((row) => `${row.arch} ${row.strategy}`));
  return {
    columns: [
      { title: 'machine' },
      ...others.map((mode) => ({ title: mode, align: 'right' as const })),
    ],
    rows: machines.map((machine) => {
      const its = rows.filter((row) => `${row.arch} ${row.strategy}` === machine);
      return [machine, ...others.map((mode) => modeRatio(its, mode))];
    }),
  };
}

/** Nanoseconds per PTE over folio order and strategy, and what counting and tracing cost. */
export function addSpeed(page: Page, result: SpeedResult): void {
  page.heading('Speed of the model', 2);
  const [first] = result.rows;
  page.paragraph(
    `Nanoseconds per PTE, counting on, medians of ${result.cycles} cycles over ` +
      `${sizeText(result.mib)}; kernel ${first?.kernel ?? ''} with each strategy. Bytes per page are those of ` +
      'page tables, physical memory and reverse map together.',
  );
  for (const arch of unique(result.rows.map((row) => row.arch))) {
    page.lines([`${arch}, plain engine: every entry is walked`], 'heading');
    page.table(ordersTable(result, arch, 'plain'));
    page.lines(
      [`${arch}, shared engine: leaf tables in the same state are walked once`],
      'heading',
    );
    page.table(ordersTable(result, arch, 'shared'));
  }
  page.paragraph(
    'Time of the plain engine relative to counting: median over orders and directions, and the extremes. Counting has no ' +
      'switch; "not counting" gives the model counters that forget. Tracing hands every traced call ' +
      'to a sink that drops it.',
  );
  page.table(modesTable(result));
  addIrregular(page, result.irregular);
}
