import { evaluate, WorkloadRunner, type Form } from '../fit/forms.ts';
import { pricesOf } from '../price/combine.ts';
import { predictRatio } from '../fit/predict-ratio.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import type { Layout } from '../workload/workload.ts';
import { layoutOfOrder, ORDERS } from './orders.ts';
import type { CostPoint } from './series.ts';
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

/** What skipping makes of the time, over the share of pages in folios of one order. */
export interface SkippingRatio {
  readonly order: number;
  /** x is the share, 0 to 1; y the time over that of batching. */
  readonly points: readonly CostPoint[];
}

/** Skipping the lookup against batching, over mixes of single pages and large folios. */
export interface SkippingCosts {
  readonly machine: string;
  readonly memory: Layout['memory'];
  readonly shares: readonly SkippingShare[];
  readonly ratios: readonly SkippingRatio[];
}

/** Orders of which every mix is computed: on arm64 the last without a contiguous bit, and the first with one. */
const MIXED_ORDERS: readonly number[] = [3, 4];
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
  const ratios = MIXED_ORDERS.map((order): SkippingRatio => {
    const mixed = (variant: Variant, share: number): Form =>
      mix(form(variant, order), share, form(variant, 0), 1 - share);
    return {
      order,
      points: SHARES.map((share) => ({
        x: share,
        y: predictRatio(
          { of: mixed(BATCH_HINT, share), over: mixed(SINGLE_FAST_PATH, share) },
          machine,
        ),
      })),
    };
  });
  return { machine: machine.id, memory, shares, ratios };
}
