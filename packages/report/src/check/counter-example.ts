import type { TraceLine } from '@ptelab/check';
import type { Page } from '../text/page.ts';
import type { Cell } from '../text/table.ts';
import type { CheckedEntry, CounterExample } from './verdict.ts';

const MOST_ENTRIES = 12;
const MOST_LINES = 48;

/** Entries worth showing: all, or where there are many, those in which the strategies differ. */
function shownEntries({ entries, page }: CounterExample): readonly CheckedEntry[] {
  if (entries.length <= MOST_ENTRIES) return entries;
  const telling = entries.filter(
    (entry) => entry.page === page || (entry.after ?? entry.perPte) !== entry.perPte,
  );
  return telling.slice(0, MOST_ENTRIES);
}

function writeEntries(page: Page, strategy: string, example: CounterExample): void {
  if (example.entries.length === 0) return;
  const shown = shownEntries(example);
  page.table({
    columns: [
      { title: 'page' },
      { title: 'entry before' },
      { title: 'after per-pte' },
      { title: `after ${strategy}` },
    ],
    rows: shown.map(({ page: at, before, perPte, after }): (Cell | string)[] => {
      const text = after ?? 'did not end';
      const differs = after !== perPte && perPte !== null;
      const mark = at === example.page ? '>' : ' ';
      return [
        `${mark}${at}`,
        before,
        perPte ?? 'no story',
        differs ? { text: `${text}*`, tone: 'differs' } : text,
      ];
    }),
  });
  const left = example.entries.length - shown.length;
  page.lines(
    [
      '>: shows it; *: differs from per-pte',
      ...(left > 0 ? [`${left} more entries, alike after both`] : []),
    ],
    'quiet',
  );
}

/** Lines of a trace: the function, and what it was given below it where both do not fit in a column. */
function traceTexts(lines: readonly TraceLine[], width: number): string[] {
  return lines.flatMap(({ fn, text }) => {
    const whole = text === '' ? fn : `${fn} ${text}`;
    if (whole.length <= width) return [whole];
    const parts = text.split(/(?<=:) | (?=->)/).map((part) => `  ${part}`);
    return [fn, ...parts];
  });
}

/** Writes what both strategies asked of the page table, next to each other. */
function writeTraces(page: Page, strategy: string, { traces }: CounterExample): void {
  page.heading('What was asked of the page table', 2);
  const { markdown, width } = page.settings;
  const column = markdown ? Infinity : Math.floor((width - 2) / 2);
  const left = traceTexts(traces.perPte, column);
  const right = traceTexts(traces.judged, column);
  const lines = Math.max(left.length, right.length);
  page.table({
    columns: [{ title: 'per-pte' }, { title: strategy }],
    rows: Array.from({ length: Math.min(lines, MOST_LINES) }, (_, i) => [
      left[i] ?? '',
      right[i] ?? '',
    ]),
  });
  if (lines > MOST_LINES) page.lines([`and ${lines - MOST_LINES} more lines`], 'quiet');
}

/** Writes a counter-example: the rule, the entries, the traces, the story and how to repeat it. */
export function writeCounterExample(page: Page, strategy: string, example: CounterExample): void {
  const { arch, kernel } = example.machine;
  const at = example.page === null ? '' : `page ${example.page} `;
  page.heading(`${example.invariant} on ${arch} ${kernel}`, 1);
  page.lines([
    `found   ${at}${example.text}`,
    `rule    ${example.rule}`,
    `reason  ${example.reason}`,
    `state   ${example.where}`,
  ]);
  writeEntries(page, strategy, example);
  if (example.traces.judged.length + example.traces.perPte.length > 0)
    writeTraces(page, strategy, example);
  page.heading('As a story', 2);
  page.code(example.scenario, 'yaml');
  if (example.command !== null) {
    page.heading('Run it', 2);
    page.code(`${example.command}\n`, 'sh');
  }
}
