import type { CostMachine } from '../machine.ts';
import { costByOrder, type OrderCosts } from './orders.ts';
import { costBySkipping, type SkippingCosts } from './shares.ts';
import { costOfSinglePages, type SinglePageCost } from './single-pages.ts';

/** From where on what pays on a machine. */
export interface BreakEven {
  readonly machine: Pick<CostMachine, 'id' | 'title'>;
  readonly orders: OrderCosts;
  readonly singlePages: readonly SinglePageCost[];
  /** For private and for shared memory. */
  readonly skipping: readonly SkippingCosts[];
}

/** From which folio order on batching pays, what single pages cost, and which mix makes skipping the lookup win. */
export function breakEven(machine: CostMachine): BreakEven {
  const { id, title } = machine;
  return {
    machine: { id, title },
    orders: costByOrder(machine),
    singlePages: costOfSinglePages(machine),
    skipping: [costBySkipping(machine, 'anon'), costBySkipping(machine, 'shared')],
  };
}
