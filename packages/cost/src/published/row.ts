import type { CostPartName } from '../cost.ts';
import type { Workload } from '../workload/workload.ts';

/** A workload's time, or part of it, in a sum. */
export interface Weighted {
  readonly workload: Workload;
  /** @defaultValue 1 */
  readonly weight?: number;
  /** Only this part of the cost. @defaultValue all, with clearing and touching memory */
  readonly part?: CostPartName;
}

/** A sum of times. */
export type TimeSum = readonly Weighted[];

/** Nanoseconds in a unit; `1` is that of ratios. */
export const UNIT_NS = { s: 1e9, us: 1e3, ns: 1, '1': 1 } as const;

/**
 * Parameters are fitted to `fit` rows; `validation` rows say what that is worth. Which row is which was
 * written down before any parameter was fitted.
 */
export type RowUse = 'fit' | 'validation';

/** A published figure that the model can compute. */
export interface PublishedRow {
  readonly id: string;
  /** Id of the machine whose prices are asked. */
  readonly machine: string;
  /** What was measured. */
  readonly what: string;
  readonly use: RowUse;
  /** Follows from other fit rows, and is shown for what it says: nothing is fitted to it. */
  readonly derived?: boolean;
  readonly published: number;
  /** How far the figure may be off by rounding or by what was said about its spread. */
  readonly plusMinus: number;
  readonly unit: 's' | 'us' | 'ns' | '1';
  readonly of: TimeSum;
  /** Makes it a ratio. */
  readonly over?: TimeSum;
  /** Known before the comparison: why the figure is less than a plain test of the model. */
  readonly caveat?: string;
}

/** Figures of one message or measurement. */
export interface PublishedTable {
  readonly id: string;
  readonly title: string;
  /** Author, date and message. */
  readonly source: string;
  readonly rows: readonly PublishedRow[];
}

/** Published figures that the model can't compute. */
export interface UnmodelledRow {
  readonly source: string;
  readonly what: string;
  readonly why: string;
}
