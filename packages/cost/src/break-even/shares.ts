import { evaluate, WorkloadRunner, type Form } from '../fit/forms.ts';
import { pricesOf } from '../price/combine.ts';
import { predictRatio } from '../fit/predict-ratio.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import type { Layout } from '../workload/workload.ts';
import { layoutOfOrder, ORDERS } from './orders.ts';
import type { CostSeries } from './series.ts';
import { BATCH_HINT, cycleOf, PER_PAGE, SINGLE_FAST_PATH, type Variant } from './variants.ts';

/** Up to which share of pages in large folios skipping the lookup wins. */
export interface SkippingShare {
  /** Order of the large folios. */
  readonly order: number;
  /** ns for each page that skipping saves if all pages are single. */
  readonly savedPerSingle: Interval;
  /** ns for each page that skipping costs if all pages are in such folios. */
  readonly lostPerLarge: Interval;
  /** The share, 0 to 1; 1 means always. Ends of the range beyond these are cut off. */
  readonly share: Interval;
}

/** Skipping the lookup against batching, over mixes of single pages and large folios. */
export interface SkippingCosts {
  readonly machine: string;
  readonly memory: Layout['memory'];
  readonly shares: readonly SkippingShare[];
  /** ns for each page, over the share of pages in folios of `plottedOrder`. */
  readonly series: readonly CostSeries[];
  readonly plottedOrder: number;
}

/** 64 KiB: the smallest folios that arm64 shows by a contiguous bit. */
const PLOTTED_ORDER = 4;
const SHARES: readonly number[] = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Sums `a * x + b * y`. */
function mix(x: Form, a: number, y: Form, b: number): Form {
  const sum = new Map([...x].map(([name, count]) => [name, a * count]));
  for (const [name, count] of y) sum.set(name, (sum.get(name) ?? 0) + b * count);
  return sum;
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** The share at which what singles save is what large folios lose. */
function breakEvenShare(saved: Form, lost: Form, machine: CostMachine): Interval {
  if (evaluate(lost, pricesOf(machine)) <= 0) return { low: 1, likely: 1, high: 1 };
  const { low, likely, high } = predictRatio({ of: saved, over: mix(saved, 1, lost, 1) }, machine);
  return { low: within(low), likely: within(likely), high: within(high) };
}

/**
 * Which mix of pages makes it pay to skip the lookup where no contiguous bit shows a batch: skipping saves
 * something for every single page and loses the batch of every large folio that is not contiguous.
 */
export function costBySkipping(machine: CostMachine, memory: Layout['memory']): SkippingCosts {
  const runner = new WorkloadRunner(machine);
  const form = (variant: Variant, order: number): Form =>
    runner.form([{ workload: cycleOf(variant, layoutOfOrder(order, memory)), weight: PER_PAGE }]);
  const gain = (order: number): Form =>
    mix(form(SINGLE_FAST_PATH, order), 1, form(BATCH_HINT, order), -1);
  const saved = gain(0);
  const shares = ORDERS.filter((order) => order > 0).map((order): SkippingShare => {
    const lost = mix(gain(order), -1, new Map(), 0);
    return {
      order,
      savedPerSingle: predictRatio({ of: saved, over: null }, machine),
      lostPerLarge: predictRatio({ of: lost, over: null }, machine),
      share: breakEvenShare(saved, lost, machine),
    };
  });
  const series = [SINGLE_FAST_PATH, BATCH_HINT].map((variant): CostSeries => {
    const single = form(variant, 0);
    const large = form(variant, PLOTTED_ORDER);
    return {
      label: variant.label,
      points: SHARES.map((share) => ({
        x: share,
        y: predictRatio({ of: mix(large, share, single, 1 - share), over: null }, machine),
      })),
    };
  });
  return { machine: machine.id, memory, shares, series, plottedOrder: PLOTTED_ORDER };
}
