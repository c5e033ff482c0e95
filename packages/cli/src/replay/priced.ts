import { contextOfMachine, priceOfEvents, type Cost, type CostMachine } from '@ptelab/cost';
import type { Replay, ReplayTally } from '@ptelab/kernel';
import type { PricedReplay } from '@ptelab/report';

/**
 * Predicts what the calls of a replay take on a machine. Faults are not in it: those of a replay come
 * from the policy that says which pages were written.
 */
export function pricedReplay(
  replay: Replay,
  strategy: string,
  costMachine: CostMachine,
): PricedReplay {
  const context = contextOfMachine({ ...replay.machine, strategy });
  const costOf = ({ events, calls }: ReplayTally): Cost =>
    priceOfEvents(events, costMachine, { ...context, calls, faults: 0 });
  return {
    replay,
    total: costOf(replay.total),
    sites: replay.sites.map(costOf),
    processes: replay.processes.map(costOf),
    ranges: replay.ranges.map(costOf),
    sizes: replay.sizes.map(costOf),
  };
}
