import type { Page, Table } from '@ptelab/report';
import type { ArchName, GrowthOutcome, GrowthResult, GrowthRow } from '../result/result.ts';
import { short, sizeText } from './numbers.ts';

const NS_PER_MS = 1e6;
const PAGES_PER_MIB = 256;

/** Milliseconds of one RO and one RW call; null if the size does not fit. */
export function cycleMs(row: GrowthRow): number | null {
  const { outcome, mib } = row;
  if (outcome.state !== 'measured') return null;
  const perPte = outcome.readOnly.median + outcome.readWrite.median;
  return (perPte * mib * PAGES_PER_MIB) / NS_PER_MS;
}

function cells(row: GrowthRow | undefined): string[] {
  if (row === undefined) return ['', '', ''];
  const { outcome } = row;
  if (outcome.state !== 'measured') return [outcome.state, '', ''];
  return [short(outcome.setUpMs), short(cycleMs(row) ?? NaN), short(outcome.peakMib)];
}

function tableOf(rows: readonly GrowthRow[]): Table {
  const layouts = [...new Set(rows.map((row) => row.layout))];
  const right = 'right' as const;
  return {
    columns: [
      { title: 'memory', align: right },
      ...layouts.flatMap((layout) => [
        { title: `${layout}\nset-up ms`, align: right },
        { title: '\nRO+RW ms', align: right },
        { title: '\npeak MiB', align: right },
      ]),
    ],
    rows: [...new Set(rows.map((row) => row.mib))].map((mib) => [
      sizeText(mib),
      ...layouts.flatMap((layout) =>
        cells(rows.find((row) => row.mib === mib && row.layout === layout)),
      ),
    ]),
  };
}

/** By what was measured last, what the first size that does not fit would have taken. */
function estimate(last: GrowthRow | undefined, mib: number): string {
  const outcome: GrowthOutcome | undefined = last?.outcome;
  if (last === undefined || outcome?.state !== 'measured') return '';
  const needed = (outcome.bytesPerPage * mib * PAGES_PER_MIB) / 2 ** 20;
  const bytes = short(outcome.bytesPerPage);
  return `; at ${bytes} bytes per page it needs some ${short(needed)} MiB`;
}

function limitLines(rows: readonly GrowthRow[]): string[] {
  return rows.flatMap((row, i) => {
    if (row.outcome.state !== 'does not fit') return [];
    const before = rows[i - 1];
    const last = before?.layout === row.layout ? before : undefined;
    const size = sizeText(row.mib);
    return [
      `${row.layout}: ${size} ${row.outcome.reason}${estimate(last, row.mib)}; larger sizes were not tried`,
    ];
  });
}

/** Time and memory of address spaces of 1 MiB to 1 TiB. */
export function addGrowth(page: Page, result: GrowthResult): void {
  page.heading('Growth from 1 MiB to 1 TiB', 2);
  const [first] = result.rows;
  page.paragraph(
    `Kernel ${first?.kernel ?? ''}, counting on, each size in a process of its own that may take ` +
      `${result.limitMib} MiB and ${result.limitSeconds} s. The peak is that of the whole process, some 50 MiB ` +
      `of which are Node. Cycles are medians of ${result.cycles}.`,
  );
  const arches: ArchName[] = [...new Set(result.rows.map((row) => row.arch))];
  for (const arch of arches) {
    const rows = result.rows.filter((row) => row.arch === arch);
    page.lines([arch], 'heading');
    page.table(tableOf(rows));
    page.lines(limitLines(rows));
  }
}
