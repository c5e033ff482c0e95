import { EVENT_NAMES } from '@ptelab/pte';
import type { MprotectOutcome, StepResult } from '@ptelab/scenario';
import { counted, countedLengths, pageRange } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';
import type { Table } from '../text/table.ts';

const MOST_BATCHES = 12;
const MOST_COMMITS = 6;

/** Writes flushes: the ranges if there are few, their number otherwise. */
export function flushText(flushes: MprotectOutcome['flushes'], most: number): string {
  if (flushes.length === 0) return 'none';
  if (flushes.length > most) return counted(flushes.length, 'range');
  return flushes.map(({ at, pages }) => pageRange(at, pages)).join(' ');
}

/** The counters that are not zero, as lines of at most `width` columns. */
function eventLines(events: StepResult['events'], width: number): string[] {
  const lines: string[] = [];
  for (const name of EVENT_NAMES) {
    if (events[name] === 0) continue;
    const word = `${name} ${events[name]}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + word.length <= width) {
      lines[lines.length - 1] = `${last}, ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function batchTable({ batches }: MprotectOutcome): Table {
  return {
    columns: [
      { title: 'pages' },
      { title: 'batch', align: 'right' },
      { title: 'commits' },
      { title: 'first entry before' },
      { title: 'after' },
    ],
    rows: batches
      .slice(0, MOST_BATCHES)
      .map((batch) => [
        pageRange(batch.at, batch.nr),
        String(batch.nr),
        countedLengths(batch.commits, MOST_COMMITS),
        batch.old,
        batch.new,
      ]),
  };
}

/** Writes what one protection change did. */
export function writeMprotect(page: Page, step: StepResult, outcome: MprotectOutcome): void {
  const { error, changed, batches, flushes } = outcome;
  page.heading(`Step ${step.step + 1}: ${step.op}`, 2);
  const ended = error === null ? '' : `, then ${error}`;
  page.lines([
    `${changed} ${changed === 1 ? 'entry' : 'entries'} changed${ended}; flushed: ${flushText(flushes, 3)}`,
    ...eventLines(step.events, page.settings.width - 2),
  ]);
  page.table(batchTable(outcome));
  const more = batches.length - MOST_BATCHES;
  if (more > 0) page.lines([`and ${more} more`], 'quiet');
}
