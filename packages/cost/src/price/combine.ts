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

/** The same prices but for one. */
export function withPrice(prices: PriceOf, moved: ParameterName, price: number): PriceOf {
  return (name) => (name === moved ? price : prices(name));
}

/**
 * The range of a figure that depends on inputs which are wrong independently of each other: the deviations
 * combine by root of squares, to either side on its own.
 *
 * @param ends - for each input what the figure is if that input alone is moved to either end of its range.
 */
export function rangeAround(likely: number, ends: readonly (readonly number[])[]): Interval {
  let below = 0;
  let above = 0;
  for (const figures of ends) {
    const changes = figures.map((figure) => figure - likely);
    below += Math.min(0, ...changes) ** 2;
    above += Math.max(0, ...changes) ** 2;
  }
  return { low: likely - Math.sqrt(below), likely, high: likely + Math.sqrt(above) };
}

/**
 * What a figure comes to on a machine, with its range: each parameter is right or wrong as a whole. The
 * ranges of fitted parameters were found the same way.
 *
 * @param names - the parameters that the figure depends on.
 */
export function withRange(
  machine: CostMachine,
  names: Iterable<ParameterName>,
  figure: (price: PriceOf) => number,
): Interval {
  const prices = pricesOf(machine);
  const ends = [...names].map((moved) => {
    const { low, high } = parameterOf(machine, moved);
    return [low, high].map((price) => figure(withPrice(prices, moved, price)));
  });
  return rangeAround(figure(prices), ends);
}

/** What payments come to. */
export function combine(payments: readonly Payment[], machine: CostMachine): Interval {
  return withRange(machine, new Set(payments.map(({ parameter }) => parameter)), (price) =>
    payments.reduce((sum, { parameter, count }) => sum + count * price(parameter), 0),
  );
}
