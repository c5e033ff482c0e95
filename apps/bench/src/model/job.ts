import type { KernelRelease } from '@ptelab/pte';
import type {
  ArchName,
  BothEngines,
  Engine,
  GrowthOutcome,
  IrregularLayout,
  LayoutName,
  SpeedMode,
} from '../result/result.ts';
import type { CycleSummary } from './cycles.ts';

/** Speed of one machine over folio orders. */
export interface SpeedJob {
  readonly kind: 'speed';
  readonly arch: ArchName;
  readonly kernel: KernelRelease;
  readonly strategy: string;
  readonly engine: Engine;
  readonly mode: SpeedMode;
  readonly orders: readonly number[];
  readonly pages: number;
  readonly cycles: number;
}

/** What a {@link SpeedJob} says of each order. */
export interface SpeedAnswer extends CycleSummary {
  readonly order: number;
  readonly bytesPerPage: number;
}

/** One address space of one size. */
export interface GrowthJob {
  readonly kind: 'growth';
  readonly arch: ArchName;
  readonly kernel: KernelRelease;
  readonly layout: LayoutName;
  readonly pages: number;
  readonly cycles: number;
  /** Resident memory at which the process gives up, in MiB. */
  readonly limitMib: number;
  /** Time at which it gives up. */
  readonly limitSeconds: number;
}

/** Both engines on one address space without regularity, turn by turn. */
export interface IrregularJob {
  readonly kind: 'irregular';
  readonly arch: ArchName;
  readonly kernel: KernelRelease;
  readonly strategy: string;
  readonly layout: IrregularLayout;
  readonly pages: number;
  /** Measured cycles of both calls. */
  readonly cycles: number;
  /** Measured set-ups. */
  readonly setUps: number;
}

/** What an {@link IrregularJob} answers. */
export interface IrregularAnswer {
  readonly setUp: BothEngines;
  readonly readOnly: BothEngines;
  readonly readWrite: BothEngines;
}

/** What a process of its own is asked to measure. */
export type Job = SpeedJob | GrowthJob | IrregularJob;

/** What each kind of job answers, line by line. */
export interface Answers {
  readonly speed: SpeedAnswer;
  readonly growth: GrowthOutcome;
  readonly irregular: IrregularAnswer;
}
