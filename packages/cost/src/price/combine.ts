import type { Interval } from '../interval.ts';
import { parameterOf, type CostMachine } from '../machine.ts';
import type { ParameterName } from '../parameter.ts';

/** How often each parameter is paid. */
export interface Payment {
  readonly parameter: ParameterName;
  readonly count: number;
}

/**
 * What payments come to.
 *
 * Each parameter is right or wrong as a whole, so its payments add up before its range counts;
 * different parameters are wrong independently, so their deviations combine by root of squares, to
 * either side on its own. The ranges of fitted parameters were found the same way.
 */
export function combine(payments: readonly Payment[], machine: CostMachine): Interval {
  const counts = new Map<ParameterName, number>();
  for (const { parameter, count } of payments) {
    counts.set(parameter, (counts.get(parameter) ?? 0) + count);
  }
  let likely = 0;
  let below = 0;
  let above = 0;
  for (const [name, count] of counts) {
    const { value, low, high } = parameterOf(machine, name);
    likely += count * value;
    const [down, up] = count < 0 ? [high - value, value - low] : [value - low, high - value];
    below += (count * down) ** 2;
    above += (count * up) ** 2;
  }
  return { low: likely - Math.sqrt(below), likely, high: likely + Math.sqrt(above) };
}
