import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { analyzeSnapshot } from '../src/analyze/analyze.ts';
import { openSnapshot } from '../src/snapshot/read.ts';

const SNAPSHOTS = fileURLToPath(new URL('snapshots/', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../../../docs/fleet.md', import.meta.url));

/** Code blocks of the page: language and text. */
function blocks(): { language: string; text: string }[] {
  const page = readFileSync(DOCUMENT, 'utf8');
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language ?? '',
    text: text ?? '',
  }));
}

/** The rows that a query of the page gives, as aligned text. */
async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET file_search_path = '${SNAPSHOTS}'`);
  const result = await connection.runAndReadAll(sql);
  return result.getRowObjectsJson();
}

function aligned(rows: readonly Record<string, unknown>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name])))];
  const widths = names.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

it('the query of docs/fleet.md gives what it says there', async () => {
  const all = blocks();
  const sql = all.find(({ language }) => language === 'sql')?.text ?? '';
  const shown = all.find(({ language }) => language === '')?.text ?? '';
  const rows = await query(sql);
  expect(aligned(rows)).toBe(shown.trimEnd());
});

it('the query finds the same contiguous blocks as the analysis', async () => {
  const sql = blocks().find(({ language }) => language === 'sql')?.text ?? '';
  const found = Object.fromEntries((await query(sql)).map((row) => [row.comm, row]));
  for (const [name, comm] of [
    ['java', 'java'],
    ['folios', 'python3'],
  ] as const) {
    const { info, records } = await openSnapshot(`${SNAPSHOTS}${name}.parquet`);
    const source = { host: info, records: records() };
    const { batches, vmas } = await analyzeSnapshot(source, { machines: [], contKb: [] });
    const { pages, pmdMapped, contpte } = batches;
    const percent = Math.round((1000 * (contpte + pmdMapped)) / (pages + pmdMapped)) / 10;
    expect(found[comm]).toMatchObject({
      contiguous_percent: percent,
      processes: String(new Set(vmas.map(({ vma }) => vma.pid)).size),
    });
  }
});
