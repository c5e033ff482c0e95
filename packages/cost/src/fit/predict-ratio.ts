import { predict, pricesOf, type Ratio } from './forms.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import { parameterOf } from '../machine.ts';

/**
 * A time or a ratio on a machine, with the ranges of the parameters: each moved alone, combined by root of
 * squares, as for the price of events.
 */
export function predictRatio(forms: Ratio, machine: CostMachine): Interval {
  const prices = pricesOf(machine);
  const likely = predict(forms, prices);
  let below = 0;
  let above = 0;
  for (const moved of new Set([...forms.of.keys(), ...(forms.over?.keys() ?? [])])) {
    const { low, high } = parameterOf(machine, moved);
    const changes = [low, high].map(
      (price) => predict(forms, (name) => (name === moved ? price : prices(name))) - likely,
    );
    below += Math.min(0, ...changes) ** 2;
    above += Math.max(0, ...changes) ** 2;
  }
  return { low: likely - Math.sqrt(below), likely, high: likely + Math.sqrt(above) };
}
