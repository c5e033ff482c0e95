import { WorkloadRunner, type Form } from '../fit/forms.ts';
import { predictRatio } from '../fit/predict-ratio.ts';
import type { CostMachine } from '../machine.ts';
import type { Layout } from '../workload/workload.ts';
import type { CostSeries } from './series.ts';
import {
  cycleOf,
  MERGED,
  PER_PAGE,
  PER_PTE,
  SINGLE_FAST_PATH,
  VARIANTS,
  type Variant,
} from './variants.ts';

/** Folio orders that private anonymous memory can have; the last is a huge page, mapped by entries. */
export const ORDERS: readonly number[] = [0, 2, 3, 4, 5, 6, 7, 8, 9];

const PAGE_KB = 4;

/** Layout of private anonymous memory in folios of one order. */
export function layoutOfOrder(order: number, memory: Layout['memory'] = 'anon'): Layout {
  return { memory, kb: PAGE_KB * 2 ** order };
}

/** From which order on one way is cheaper than another. */
export interface PaysFrom {
  readonly variant: string;
  readonly than: string;
  /** From this order on, by the likely prices; null if from none. */
  readonly likely: number | null;
  /** From this order on whatever the prices are within their ranges; null if from none. */
  readonly surely: number | null;
}

/** What a page costs by folio order, for each way to change protection. */
export interface OrderCosts {
  readonly machine: string;
  /** ns for each page; x is the folio order. */
  readonly series: readonly CostSeries[];
  /** The same times over that of per-pte, which has no curve of its own. */
  readonly ratios: readonly CostSeries[];
  readonly paysFrom: readonly PaysFrom[];
}

/** The first order from which on all are true, or null. */
function from(orders: readonly number[], holds: (order: number) => boolean): number | null {
  let first: number | null = null;
  for (const order of orders) {
    if (!holds(order)) first = null;
    else first ??= order;
  }
  return first;
}

/**
 * From which folio order batching pays: ns for each page of 64 MiB of private anonymous memory that becomes
 * read-only and writable again, mean of both directions.
 */
export function costByOrder(machine: CostMachine): OrderCosts {
  const runner = new WorkloadRunner(machine);
  const form = (plus: Variant, order: number, minus?: Variant): Form => {
    const layout = layoutOfOrder(order);
    return runner.form([
      { workload: cycleOf(plus, layout), weight: PER_PAGE },
      ...(minus === undefined ? [] : [{ workload: cycleOf(minus, layout), weight: -PER_PAGE }]),
    ]);
  };
  const paysFrom = (variant: Variant, than: Variant): PaysFrom => {
    const gains = new Map(
      ORDERS.map((order) => [
        order,
        predictRatio({ of: form(variant, order, than), over: null }, machine),
      ]),
    );
    return {
      variant: variant.label,
      than: than.label,
      likely: from(ORDERS, (order) => (gains.get(order)?.likely ?? 0) < 0),
      surely: from(ORDERS, (order) => (gains.get(order)?.high ?? 0) < 0),
    };
  };
  const curve = (variant: Variant, over: Variant | null): CostSeries => ({
    label: variant.label,
    points: ORDERS.map((order) => ({
      x: order,
      y: predictRatio(
        { of: form(variant, order), over: over === null ? null : form(over, order) },
        machine,
      ),
    })),
  });
  return {
    machine: machine.id,
    series: VARIANTS.map((variant) => curve(variant, null)),
    ratios: VARIANTS.filter((variant) => variant !== PER_PTE).map((variant) =>
      curve(variant, PER_PTE),
    ),
    paysFrom: [paysFrom(MERGED, PER_PTE), paysFrom(SINGLE_FAST_PATH, PER_PTE)],
  };
}
