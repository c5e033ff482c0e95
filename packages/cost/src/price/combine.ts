import type { Interval } from '../interval.ts';
import { parameterOf, type CostMachine } from '../machine.ts';
import type { ParameterName } from '../parameter.ts';

/** How often each parameter is paid. */
export interface Payment {
  readonly parameter: ParameterName;
  readonly count: number;
}

/** A price for each parameter. */
export type PriceOf = (name: ParameterName) => number;

/** The machine's own prices. */
export function pricesOf(machine: CostMachine): PriceOf {
  return (name) => parameterOf(machine, name).value;
}

/**
 * What a figure comes to on a machine, with its range.
 *
 * Each parameter is right or wrong as a whole; different parameters are wrong independently. So each is
 * moved alone to the ends of its range, and the deviations combine by root of squares, to either side on
 * its own. The ranges of fitted parameters were found the same way.
 *
 * @param names - the parameters that the figure depends on.
 */
export function withRange(
  machine: CostMachine,
  names: Iterable<ParameterName>,
  figure: (price: PriceOf) => number,
): Interval {
  const prices = pricesOf(machine);
  const likely = figure(prices);
  let below = 0;
  let above = 0;
  for (const moved of names) {
    const { low, high } = parameterOf(machine, moved);
    const changes = [low, high].map(
      (price) => figure((name) => (name === moved ? price : prices(name))) - likely,
    );
    below += Math.min(0, ...changes) ** 2;
    above += Math.max(0, ...changes) ** 2;
  }
  return { low: likely - Math.sqrt(below), likely, high: likely + Math.sqrt(above) };
}

/** What payments come to. */
export function combine(payments: readonly Payment[], machine: CostMachine): Interval {
  return withRange(machine, new Set(payments.map(({ parameter }) => parameter)), (price) =>
    payments.reduce((sum, { parameter, count }) => sum + count * price(parameter), 0),
  );
}
