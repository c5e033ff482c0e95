import {
  INSTRUCTION_BOUNDS,
  type AssessedCall,
  type InstructionAssessment,
  type InstructionErrors,
  type InstructionPrices,
} from '@ptelab/cost';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Cell, Table } from '../text/table.ts';
import { percent, share } from './figures.ts';

/** The worst calls that are named. */
const MOST_NAMED = 5;

function familyTable({ families, fit, validation }: InstructionAssessment): Table {
  const row = (
    family: string,
    use: string,
    { calls, median, p95 }: InstructionErrors,
    tones: { readonly median?: Cell['tone']; readonly p95?: Cell['tone'] } = {},
  ): (Cell | string)[] => {
    const cell = (value: number, tone: Cell['tone']): Cell | string =>
      tone === undefined ? share(value) : { text: share(value), tone };
    return [family, use, String(calls), cell(median, tones.median), cell(p95, tones.p95)];
  };
  const { median, p95 } = INSTRUCTION_BOUNDS;
  return {
    columns: [
      { title: 'family' },
      { title: 'use' },
      { title: 'calls', align: 'right' },
      { title: 'median', align: 'right' },
      { title: '95th\npercentile', align: 'right' },
    ],
    rows: [
      ...families.map((errors) => row(errors.family, errors.use, errors)),
      ...(fit.calls === 0 ? [] : [row('all', 'fit', fit)]),
      row('all', 'validation', validation, {
        median: validation.median <= median ? 'good' : 'bad',
        p95: validation.p95 <= p95 ? 'good' : 'bad',
      }),
    ],
  };
}

function callTable(calls: readonly AssessedCall[]): Table {
  return {
    columns: [
      { title: 'scenario' },
      { title: 'step', align: 'right' },
      { title: 'call' },
      { title: 'recorded', align: 'right' },
      { title: 'predicted', align: 'right' },
      { title: 'error', align: 'right' },
    ],
    rows: calls.map(({ sample, predicted, error }) => [
      sample.scenario,
      String(sample.step),
      sample.op,
      String(sample.instructions),
      predicted.toFixed(0),
      percent(error),
    ]),
  };
}

/** Writes predicted beside recorded instructions of one kernel: errors by family, and the calls that are worst. */
function writeAssessment(page: Page, assessment: InstructionAssessment): void {
  const { kernel, held, worst, disturbed } = assessment;
  page.heading(kernel, 2);
  page.lines([held ? 'within the bounds' : 'not within the bounds'], held ? 'good' : 'bad');
  page.table(familyTable(assessment));
  if (worst.length > 0) page.paragraph('Worst:');
  page.table(callTable(worst.slice(0, MOST_NAMED)));
  const count = disturbed.length === 0 ? ': none.' : ` (${disturbed.length}):`;
  page.paragraph(`Left out, as another task or an interrupt ran in the window${count}`);
  page.table(callTable(disturbed));
}

/** Writes how far predicted instructions are from recorded ones, kernel by kernel. */
export function renderInstructions(
  assessments: readonly InstructionAssessment[],
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  const { median, p95 } = INSTRUCTION_BOUNDS;
  page.heading('Recorded instructions and what the model predicts', 1);
  page.paragraph(
    'Relative errors without sign. Bounds of the validation families: ' +
      `median ${share(median)}, 95th percentile ${share(p95)}.`,
  );
  for (const assessment of assessments) writeAssessment(page, assessment);
  return page.toString();
}

/** Writes the instructions that each thing a call does takes, with a column for each kernel. */
export function renderInstructionPrices(
  prices: Readonly<Record<string, InstructionPrices>>,
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  const kernels = Object.entries(prices);
  const names = new Set(kernels.flatMap(([, own]) => Object.keys(own)));
  page.heading('Instructions, as fitted to recorded calls', 1);
  page.table({
    columns: [
      { title: '' },
      ...kernels.map(([kernel]) => ({
        title: kernel.replace(/-(?=[\d.]+$)/, '\n'),
        align: 'right' as const,
      })),
    ],
    rows: [...names].map((name) => [
      name,
      ...kernels.map(([, own]) => own[name]?.toFixed(1) ?? ''),
    ]),
  });
  return page.toString();
}
