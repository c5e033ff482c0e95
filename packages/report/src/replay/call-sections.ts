import type { Cost } from '@ptelab/cost';
import type { ReplaySite, ReplayTally } from '@ptelab/kernel';
import type { Page } from '../text/page.ts';
import { timeText } from '../text/times.ts';
import type { Column } from '../text/table.ts';
import { bytesText, meanBatch, processName, timeTexts, TIME_COLUMNS } from './labels.ts';
import { columnName } from './machine-section.ts';
import type { PricedReplay } from './priced-replay.ts';

const right = { align: 'right' } as const;

/** Something with calls, and what they cost on the first machine. */
interface Priced<T extends ReplayTally> {
  readonly of: T;
  readonly cost: Cost;
  readonly index: number;
}

function priced<T extends ReplayTally>(of: readonly T[], costs: readonly Cost[]): Priced<T>[] {
  return of.flatMap((one, index) => {
    const cost = costs[index];
    return cost === undefined ? [] : [{ of: one, cost, index }];
  });
}

/** The costliest first; equal ones in the order of the log. */
function costliest<T extends ReplayTally>(all: readonly Priced<T>[]): Priced<T>[] {
  return [...all].sort((a, b) => b.cost.total.likely - a.cost.total.likely || a.index - b.index);
}

const TALLY_COLUMNS: readonly Column[] = [
  { title: 'calls', ...right },
  { title: 'pages', ...right },
  { title: 'entries', ...right },
  { title: 'mean\nbatch', ...right },
  { title: 'flushes', ...right },
];

function tallyTexts(tally: ReplayTally): string[] {
  const { calls, pages, entries, events } = tally;
  return [
    String(calls),
    String(pages),
    String(entries),
    meanBatch(tally),
    String(events.flushCalls),
  ];
}

function left(page: Page, shown: number, all: number, what: string): void {
  if (shown < all) page.lines([`and ${all - shown} more ${what}; --top shows more`], 'quiet');
}

function placeText({ frame, mostBytes }: ReplaySite): string {
  return frame ?? (mostBytes === null ? '' : bytesText(mostBytes));
}

/** Where time goes: the sites of calls, on the first machine and then on all. */
export function addSites(page: Page, all: readonly PricedReplay[], top: number): void {
  const [first] = all;
  if (first === undefined) return;
  const sites = costliest(priced(first.replay.sites, first.sites));
  const shown = sites.slice(0, top);
  const traced = first.replay.sites.some(({ frame }) => frame !== null);
  const names = shown.map(({ of }) => [
    processName(of.program, of.pid),
    `${of.from} > ${of.to}`,
    placeText(of),
  ]);
  const nameColumns: Column[] = [
    { title: 'process' },
    { title: 'change' },
    traced ? { title: 'frame' } : { title: 'up to', ...right },
  ];
  page.heading(`Call sites on ${columnName(0)}`, 2);
  page.table({
    columns: [...nameColumns, ...TALLY_COLUMNS],
    rows: shown.map(({ of }, i) => [...(names[i] ?? []), ...tallyTexts(of)]),
  });
  page.table({
    columns: [
      ...nameColumns,
      { title: 'time', ...right },
      ...TIME_COLUMNS.map(([title]) => ({ title, ...right })),
    ],
    rows: shown.map(({ cost }, i) => [...(names[i] ?? []), ...timeTexts(cost)]),
  });
  left(page, shown.length, sites.length, 'sites');
  if (all.length === 1) return;
  page.heading('Time of the same sites on every machine', 2);
  page.table({
    columns: [...nameColumns, ...all.map((_, column) => ({ title: columnName(column), ...right }))],
    rows: shown.map(({ index }, i) => [
      ...(names[i] ?? []),
      ...all.map(({ sites: costs }) => {
        const cost = costs[index];
        return cost === undefined ? '' : timeText(cost.total.likely);
      }),
    ]),
  });
}

/** How long the ranges of the calls are. */
export function addSizes(page: Page, { replay, sizes }: PricedReplay): void {
  page.heading(`Sizes of calls on ${columnName(0)}`, 2);
  page.table({
    columns: [{ title: 'up to', ...right }, ...TALLY_COLUMNS, { title: 'time', ...right }],
    rows: priced(replay.sizes, sizes).map(({ of, cost }) => [
      bytesText(of.mostBytes),
      ...tallyTexts(of),
      timeText(cost.total.likely),
    ]),
  });
}

/** The ranges that cost most. */
export function addRanges(page: Page, { replay, ranges }: PricedReplay, top: number): void {
  const sorted = costliest(priced(replay.ranges, ranges));
  page.heading(`Costliest ranges on ${columnName(0)}`, 2);
  page.table({
    columns: [
      { title: 'process' },
      { title: 'pid', ...right },
      { title: 'start', ...right },
      { title: 'length', ...right },
      ...TALLY_COLUMNS.filter(({ title }) => title !== 'pages'),
      { title: 'time', ...right },
    ],
    rows: sorted
      .slice(0, top)
      .map(({ of, cost }) => [
        processName(of.program, of.pid),
        String(of.pid),
        of.start,
        bytesText(of.bytes),
        ...tallyTexts(of).filter((_, i) => TALLY_COLUMNS[i]?.title !== 'pages'),
        timeText(cost.total.likely),
      ]),
  });
  left(page, Math.min(top, sorted.length), sorted.length, 'ranges');
}

/** What each process has done. */
export function addProcesses(page: Page, { replay, processes }: PricedReplay, top: number): void {
  const sorted = costliest(priced(replay.processes, processes));
  page.heading(`Processes on ${columnName(0)}`, 2);
  page.table({
    columns: [
      { title: 'process' },
      { title: 'pid', ...right },
      ...TALLY_COLUMNS,
      { title: 'time', ...right },
    ],
    rows: sorted
      .slice(0, top)
      .map(({ of, cost }) => [
        processName(of.program, of.pid),
        String(of.pid),
        ...tallyTexts(of),
        timeText(cost.total.likely),
      ]),
  });
  left(page, Math.min(top, sorted.length), sorted.length, 'processes');
}
