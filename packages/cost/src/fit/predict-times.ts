import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import type { TimeSum } from '../published/row.ts';
import { WorkloadRunner } from './forms.ts';
import { predictRatio } from './predict-ratio.ts';

/**
 * Predicts how long workloads take on a machine, published or not.
 *
 * @param over - other workloads, to get the ratio to their time.
 * @returns nanoseconds, or the ratio, with the ranges of the machine's prices.
 * @throws RangeError if the machine has no price for something that they pay.
 */
export function predictTimes(machine: CostMachine, of: TimeSum, over?: TimeSum): Interval {
  const runner = new WorkloadRunner(machine);
  const forms = { of: runner.form(of), over: over === undefined ? null : runner.form(over) };
  return predictRatio(forms, machine);
}
