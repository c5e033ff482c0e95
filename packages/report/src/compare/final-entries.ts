import { FINAL_LABEL, type Run } from '@ptelab/scenario';
import { machineLabel } from '../text/machine-label.ts';
import type { Page } from '../text/page.ts';

const MOST_PAGES = 4;

/** Raw entries at the end of a run, by page: those of the last dump steps. */
function finalEntries(run: Run): ReadonlyMap<number, string> {
  const entries = new Map<number, string>();
  for (const { op, dump } of run.steps) {
    if (dump === undefined || !op.startsWith(`dump ${FINAL_LABEL} `)) continue;
    const [huge] = dump.hugePmds;
    for (const [i, page] of dump.pages.entries()) {
      entries.set(dump.at + i, page.pte ?? (page.pfn === null ? 'no table' : (huge ?? 'huge')));
    }
  }
  return entries;
}

function writeArch(page: Page, runs: readonly Run[]): void {
  const arch = runs[0]?.machine.arch ?? '';
  const all = runs.map(finalEntries);
  const pages = [...new Set(all.flatMap((entries) => [...entries.keys()]))].sort((a, b) => a - b);
  const differing = pages.filter((at) => new Set(all.map((entries) => entries.get(at))).size > 1);
  if (differing.length === 0) {
    page.lines([`${arch}: all ${pages.length} entries end the same`], 'good');
    return;
  }
  page.lines(
    [`${arch}: ${differing.length} of ${pages.length} entries end differently`],
    'differs',
  );
  // A raw entry takes 20 columns.
  const columns = Math.max(1, Math.floor((page.settings.width - 10) / 20));
  for (let first = 0; first < runs.length; first += columns) {
    const shown = runs.slice(first, first + columns);
    page.table({
      columns: [
        { title: 'page', align: 'right' },
        ...shown.map((run) => ({ title: machineLabel(run, '\n') })),
      ],
      rows: differing
        .slice(0, MOST_PAGES)
        .map((at) => [String(at), ...shown.map((_, i) => all[first + i]?.get(at) ?? 'not mapped')]),
    });
  }
}

/**
 * Writes whether the final entries differ between machines of one architecture. Runs show them if their
 * scenario went through `withFinalDumps`; nothing is written for others.
 */
export function writeFinalEntries(page: Page, runs: readonly Run[]): void {
  const archs = [...new Set(runs.map((run) => run.machine.arch))];
  const groups = archs
    .map((arch) => runs.filter((run) => run.machine.arch === arch && run.unsupported === null))
    .filter((group) => group.length > 1 && group.every((run) => finalEntries(run).size > 0));
  if (groups.length === 0) return;
  page.heading('Final entries', 2);
  for (const group of groups) writeArch(page, group);
}
