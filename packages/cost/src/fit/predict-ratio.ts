import { predict, type Ratio } from './forms.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import { withRange } from '../price/combine.ts';

/** A time or a ratio on a machine, with what the ranges of the parameters make of it. */
export function predictRatio(forms: Ratio, machine: CostMachine): Interval {
  const names = new Set([...forms.of.keys(), ...(forms.over?.keys() ?? [])]);
  return withRange(machine, names, (price) => predict(forms, price));
}
