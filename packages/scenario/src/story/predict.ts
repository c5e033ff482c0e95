import { predictFaults, type FaultPrediction } from '@ptelab/mm';
import type { PredictOp } from '../op/operation.ts';
import type { PredictedPages } from '../run-result.ts';
import type { Story } from './story.ts';

type Touch = Omit<PredictedPages, 'at' | 'pages'>;

function touchOf({ faults, effects, signal }: FaultPrediction): Touch {
  return {
    faults,
    effects: effects.map(({ effect, order, pages }) => ({
      effect,
      order,
      serves: pages.reduce((sum, { nr }) => sum + nr, 0),
    })),
    signal,
  };
}

function alike(a: Touch, b: Touch): boolean {
  // Nothing but text, numbers and null in a fixed order.
  return JSON.stringify(a.effects) === JSON.stringify(b.effects) && a.signal === b.signal;
}

/**
 * Says what touching the pages of a range next would do. Touches nothing.
 *
 * Each page is looked at on its own: sixteen pages that one fault would map have one fault each.
 *
 * @throws UnsupportedError where the touch itself would.
 */
export function predictPages(story: Story, operation: PredictOp): PredictedPages[] {
  const { at, pages, access, child } = operation;
  const runs: { at: number; pages: number; touch: Touch }[] = [];
  const predictions = predictFaults(story.space(child), story.vpn(at), pages, access);
  for (const [i, prediction] of predictions.entries()) {
    const touch = touchOf(prediction);
    const open = runs.at(-1);
    if (open !== undefined && alike(open.touch, touch)) open.pages++;
    else runs.push({ at: at + i, pages: 1, touch });
  }
  return runs.map(({ touch, ...where }) => ({ ...where, ...touch }));
}
