import type { StepCost } from '@ptelab/cost';
import { timeText } from '../text/times.ts';
import type { ComparedRow } from './step-table.ts';

const ABSENT = '-';

/** The time of `cost` as a multiple of that of `base`. */
function ratioText(cost: StepCost, base: StepCost | null | undefined): string {
  if (base === null || base === undefined || base.cost.total.likely === 0) return ABSENT;
  return (cost.cost.total.likely / base.cost.total.likely).toFixed(2);
}

/**
 * Rows of predicted times; none if nothing is known.
 *
 * @param base - for each machine the one that it is compared with.
 */
export function costRows(
  costs: readonly (StepCost | null)[],
  base: readonly number[],
): ComparedRow[] {
  if (costs.every((cost) => cost === null)) return [];
  const row = (name: string, text: (cost: StepCost, i: number) => string): ComparedRow => ({
    name,
    texts: costs.map((cost, i) => (cost === null ? ABSENT : text(cost, i))),
  });
  return [
    row('priced as', ({ cost }) => cost.machine),
    row('time', ({ cost }) => timeText(cost.total.likely)),
    row('  at least', ({ cost }) => timeText(cost.total.low)),
    row('  at most', ({ cost }) => timeText(cost.total.high)),
    row('time ratio', (cost, i) => ratioText(cost, costs[base[i] ?? 0])),
  ];
}
