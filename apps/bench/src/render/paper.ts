import type { Page, Table } from '@ptelab/report';
import type { PaperResult, PaperRow } from '../result/result.ts';
import { short } from './numbers.ts';

const right = 'right' as const;

function nextTo(published: number | null): string {
  return published === null ? '' : short(published);
}

function publishedTable(rows: readonly PaperRow[]): Table {
  return {
    columns: [
      { title: 'layout' },
      { title: 'kernel' },
      { title: 'predicted\ns', align: right },
      { title: '\nrange', align: right },
      { title: 'published\ns', align: right },
      { title: 'predicted\nbefore / after', align: right },
      { title: '\nrange', align: right },
      { title: 'published\nbefore / after', align: right },
    ],
    rows: rows.map(({ layout, kernel, seconds, speedup, publishedSeconds, publishedSpeedup }) => [
      layout,
      kernel,
      short(seconds.likely),
      `${short(seconds.low)} .. ${short(seconds.high)}`,
      nextTo(publishedSeconds),
      short(speedup.likely),
      `${short(speedup.low)} .. ${short(speedup.high)}`,
      nextTo(publishedSpeedup),
    ]),
  };
}

function callsTable(rows: readonly PaperRow[]): Table {
  const kernels = [...new Set(rows.map((row) => row.kernel))];
  const lines = new Map<string, PaperRow[]>();
  for (const row of rows) {
    const key = `${row.machine} ${row.layout}`;
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  return {
    columns: [
      { title: 'machine' },
      { title: 'arch' },
      { title: 'layout' },
      ...kernels.map((kernel) => ({ title: `${kernel}\ns`, align: right })),
      ...kernels
        .slice(1)
        .map((kernel) => ({ title: `${kernels[0] ?? ''} /\n${kernel}`, align: right })),
    ],
    rows: [...lines.values()].map((line) => [
      line[0]?.machine ?? '',
      line[0]?.arch ?? '',
      line[0]?.layout ?? '',
      ...line.map(({ seconds }) => short(seconds.likely)),
      ...line
        .slice(1)
        .map(
          ({ speedup }) =>
            `${short(speedup.likely)} (${short(speedup.low)} .. ${short(speedup.high)})`,
        ),
    ]),
  };
}

/** The cover letter's table, predicted next to published. */
export function addPaper(page: Page, { rows }: PaperResult): void {
  page.heading("The cover letter's table", 2);
  page.paragraph(
    'Predicted by the prices of @ptelab/cost from what the model counts, on the Apple M3: the program as it was ' +
      'published, 40 times read-only, read-write and cleared, of 1 GiB. Three of the times went into the ' +
      'prices (T2 and T3 of 6.16, T3 of 6.17); `ptelab cost --validate` says which row is what.',
  );
  page.table(publishedTable(rows.filter((row) => row.program === 'with clearing')));
  page.paragraph(
    'The 80 mprotect calls alone, without clearing, on every machine that has prices:',
  );
  page.table(callsTable(rows.filter((row) => row.program === 'calls only')));
}
