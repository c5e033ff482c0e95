import type { Interval } from './interval.ts';

/** What a part of a call's time goes into. */
export type CostPartName =
  | 'syscall'
  | 'page lookup'
  | 'batch scan'
  | 'commit'
  | 'xchg'
  | 'contpte convert'
  | 'TLB flush'
  | 'faults';

/** One part of a {@link Cost}. */
export interface CostPart {
  readonly name: CostPartName;
  /** Nanoseconds. */
  readonly ns: Interval;
}

/** Predicted time of a call on a machine, and what it goes into. */
export interface Cost {
  /** Id of the machine, as `--cost` takes it. */
  readonly machine: string;
  /** Nanoseconds: the sum of the parts. */
  readonly total: Interval;
  readonly parts: readonly CostPart[];
}
