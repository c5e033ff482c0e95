import type { CallCounts, LineCounts, StraceLog } from '@ptelab/kernel';
import { counted } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';
import { wrap } from '../text/wrap.ts';

type CountedLine = Exclude<keyof LineCounts, 'total'>;

/** What the lines of each kind do, in the order in which they are said. */
const LINE_KINDS: readonly (readonly [CountedLine, string])[] = [
  ['memory', 'begin memory calls'],
  ['process', 'begin process calls'],
  ['other', 'begin other calls'],
  ['resumed', 'go on with calls that an earlier line began'],
  ['signals', 'signals'],
  ['exits', 'exits'],
  ['frames', 'stack frames'],
  ['notices', 'messages or empty'],
  ['cut', 'cut off by the end'],
  ['unparsable', 'meaningless'],
];

const CALL_COLUMNS: readonly (readonly [string, keyof CallCounts])[] = [
  ['lines', 'lines'],
  ['calls', 'calls'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['result ?', 'unknown'],
  ['unfinished', 'unfinished'],
  ['no beginning', 'withoutBeginning'],
];

/** Accounts for every line: `2527 lines: 2352 begin memory calls, ...`. */
function lineSummary(lines: Readonly<LineCounts>): string {
  const parts = LINE_KINDS.filter(([kind]) => lines[kind] > 0);
  const texts = parts.map(([kind, text]) => `${lines[kind]} ${text}`);
  return `${counted(lines.total, 'line')}: ${texts.join(', ')}`;
}

/** What the log holds, line by line and call by call. */
export function addLog(page: Page, log: StraceLog): void {
  page.heading(`Log ${log.source}`, 1);
  const { markdown, width } = page.settings;
  const summary = lineSummary(log.lines);
  page.lines(markdown ? [summary] : wrap(summary, Math.min(width, 100)));
  const shown = CALL_COLUMNS.filter(
    ([, key]) =>
      key === 'calls' ||
      key === 'lines' ||
      [...log.calls.values()].some((counts) => counts[key] > 0),
  );
  page.table({
    columns: [{ title: 'call' }, ...shown.map(([title]) => ({ title, align: 'right' as const }))],
    rows: [...log.calls].map(([name, counts]) => [
      name,
      ...shown.map(([, key]) => String(counts[key])),
    ]),
  });
  page.lines([
    ...log.unfinished.map(({ line, text }) => `line ${line}: ${text} never returned`),
    ...log.unparsable.map(({ line, text }) => `line ${line} means nothing: ${text}`),
    ...(log.cut === null ? [] : [`line ${log.cut.line} is cut off: ${log.cut.text}`]),
  ]);
}
