import type { SnapshotRecord } from '../snapshot/records.ts';
import type { PageSpan } from './unknown-memory.ts';

/** Pages that processes held when they were captured: ranges by pid, ascending. */
export type TouchedPages = ReadonlyMap<number, readonly PageSpan[]>;

/** Runs of pages that a write made; swapped-out ones were written, too. */
const WRITTEN: ReadonlySet<string> = new Set(['anon', 'ksm', 'swap']);

/**
 * Collects the pages that the processes of a snapshot have written, for {@link replayLog} with the touch
 * policy `snapshot`.
 *
 * @param records - those of a snapshot; what reading them throws is passed on.
 */
export async function touchedPages(
  records: AsyncIterable<SnapshotRecord> | Iterable<SnapshotRecord>,
): Promise<TouchedPages> {
  const touched = new Map<number, PageSpan[]>();
  let ranges: PageSpan[] = [];
  for await (const record of records) {
    if (record.row === 'vma') {
      const { pid } = record.vma;
      ranges = touched.get(pid) ?? [];
      touched.set(pid, ranges);
    } else if (WRITTEN.has(record.run.kind)) {
      const { vpn, pages } = record.run;
      ranges.push({ start: vpn, end: vpn + pages });
    }
  }
  for (const own of touched.values()) own.sort((a, b) => a.start - b.start);
  return touched;
}
