import type { PredictedEffect, PredictedPages, StepResult } from '@ptelab/scenario';
import { counted, pageRange } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';

function effectText({ effect, order, serves }: PredictedEffect): string {
  const allocated = order === null ? '' : ` order ${order}`;
  return `${effect}${allocated}${serves > 1 ? `, serves ${serves} pages` : ''}`;
}

function outcomeText({ effects, signal }: PredictedPages): string {
  if (effects.length === 0) return 'goes through';
  const text = effects.map(effectText).join('; then ');
  return signal === null ? text : `${text}: ${signal}`;
}

/** Writes what a predict step said of touching its pages, equal pages together. */
export function writePrediction(
  page: Page,
  step: StepResult,
  prediction: readonly PredictedPages[],
): void {
  page.heading(`Step ${step.step + 1}: ${step.op}`, 2);
  page.table({
    columns: [{ title: 'pages' }, { title: 'each touch' }, { title: 'faults', align: 'right' }],
    rows: prediction.map((run) => [
      pageRange(run.at, run.pages),
      outcomeText(run),
      counted(run.faults, 'fault'),
    ]),
  });
}
