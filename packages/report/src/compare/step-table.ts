import { EVENT_NAMES } from '@ptelab/pte';
import type { Run, StepResult } from '@ptelab/scenario';
import { flushText } from '../run/mprotect.ts';
import { machineLabel } from '../text/machine-label.ts';
import { countedLengths } from '../text/numbers.ts';
import type { Cell, Table } from '../text/table.ts';

/** A row of the comparison before it is laid out: one text for each run. */
export interface ComparedRow {
  readonly name: string;
  readonly texts: readonly string[];
}

const ABSENT = '-';
const MOST_LENGTHS = 3;

function row(
  name: string,
  steps: readonly (StepResult | undefined)[],
  text: (step: StepResult, outcome: NonNullable<StepResult['mprotect']>) => string,
): ComparedRow {
  const texts = steps.map((step) =>
    step?.mprotect === undefined ? ABSENT : text(step, step.mprotect),
  );
  return { name, texts };
}

/** What a protection change did on each machine. Counters that are zero everywhere are left out. */
export function stepRows(steps: readonly (StepResult | undefined)[]): ComparedRow[] {
  const errors = row('error', steps, (_, outcome) => outcome.error ?? 'none');
  const used = EVENT_NAMES.filter((name) => steps.some((step) => (step?.events[name] ?? 0) > 0));
  return [
    ...(errors.texts.some((text) => text !== 'none' && text !== ABSENT) ? [errors] : []),
    row('pages changed', steps, (_, outcome) => String(outcome.changed)),
    row('batch lengths', steps, (_, outcome) =>
      countedLengths(
        outcome.batches.map((batch) => batch.nr),
        MOST_LENGTHS,
      ),
    ),
    row('sub-batches', steps, (_, outcome) =>
      countedLengths(
        outcome.batches.flatMap((batch) => batch.commits),
        MOST_LENGTHS,
      ),
    ),
    row('flushed', steps, (_, outcome) => flushText(outcome.flushes, 1)),
    ...used.map((name) => row(name, steps, (step) => String(step.events[name]))),
  ];
}

/** Lays out rows for the runs `shown`; `base` says for each run which one it is compared with. */
export function stepTable(
  rows: readonly ComparedRow[],
  runs: readonly Run[],
  shown: readonly number[],
  base: readonly number[],
): Table {
  const cell = ({ texts }: ComparedRow, i: number): Cell => {
    const text = texts[i] ?? ABSENT;
    const differs = text !== texts[base[i] ?? 0];
    return differs ? { text: `${text}*`, tone: 'differs' } : { text: `${text} ` };
  };
  return {
    columns: [
      { title: '' },
      ...shown.flatMap((i) => {
        const run = runs[i];
        return run === undefined
          ? []
          : [{ title: machineLabel(run, ' \n') + ' ', align: 'right' as const }];
      }),
    ],
    rows: rows.map((entry) => [entry.name, ...shown.map((i) => cell(entry, i))]),
  };
}
