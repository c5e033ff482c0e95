import { WorkloadRunner, type Form } from '../fit/forms.ts';
import { predictRatio } from '../fit/predict-ratio.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import type { Layout } from '../workload/workload.ts';
import { layoutOfOrder } from './orders.ts';
import { cycleOf, PER_PAGE, PER_PTE, VARIANTS, type Variant } from './variants.ts';

/** What a single page costs in one kind of memory, for each way to change protection. */
export interface SinglePageCost {
  readonly memory: Layout['memory'];
  /** Struct pages that hit the caches or are read in order, or lie anywhere. */
  readonly memmap: 'hot' | 'cold';
  /** ns for each page, and the same over that of per-pte. */
  readonly costs: readonly {
    readonly label: string;
    readonly ns: Interval;
    readonly ratio: Interval;
  }[];
}

/**
 * What single pages cost, in the states that decide it: private memory is looked up anyhow when it becomes
 * writable again, shared memory only by batching; and the lookup is dear where frames lie anywhere.
 */
export function costOfSinglePages(machine: CostMachine): SinglePageCost[] {
  const runner = new WorkloadRunner(machine);
  return (['anon', 'shared'] as const).flatMap((memory) =>
    (['hot', 'cold'] as const).map((memmap) => {
      const form = (variant: Variant): Form => {
        const workload = cycleOf(variant, layoutOfOrder(0, memory), memmap);
        return runner.form([{ workload, weight: PER_PAGE }]);
      };
      const over = form(PER_PTE);
      const costs = VARIANTS.map((variant) => {
        const of = form(variant);
        return {
          label: variant.label,
          ns: predictRatio({ of, over: null }, machine),
          ratio: predictRatio({ of, over }, machine),
        };
      });
      return { memory, memmap, costs };
    }),
  );
}
