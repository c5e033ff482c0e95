import type { EventCounters } from '@ptelab/pte';
import type { Cost, CostPartName } from '../cost.ts';
import type { CostMachine } from '../machine.ts';
import { combine } from './combine.ts';
import type { CostContext } from './context.ts';
import { costTerms } from './terms.ts';

/** The parts of a cost, in the order in which reports show them. */
export const COST_PARTS: readonly CostPartName[] = [
  'syscall',
  'page lookup',
  'batch scan',
  'commit',
  'xchg',
  'contpte convert',
  'TLB flush',
  'faults',
];

/**
 * Predicts the time that events take on a machine. Parts that are not paid at all are left out.
 *
 * The range of a part, and of the sum, takes the parameters as independent of each other: see the
 * package's README.
 */
export function priceOfEvents(
  events: EventCounters,
  machine: CostMachine,
  context: CostContext = {},
): Cost {
  const terms = costTerms(events, machine, context);
  const parts = COST_PARTS.flatMap((name) => {
    const own = terms.filter(({ part }) => part === name);
    return own.length === 0 ? [] : [{ name, ns: combine(own, machine) }];
  });
  return { machine: machine.id, total: combine(terms, machine), parts };
}
