import type { Interval } from '../interval.ts';

/** A point of a curve: what comes out at `x`, and how well that is known. */
export interface CostPoint {
  readonly x: number;
  readonly y: Interval;
}

/** A curve to plot or to tabulate. */
export interface CostSeries {
  readonly label: string;
  readonly points: readonly CostPoint[];
}
