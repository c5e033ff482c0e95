import {
  commitPathOf,
  COST_MACHINES,
  priceOfEvents,
  type Cost,
  type CostMachine,
} from '@ptelab/cost';
import type { EventCounters } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { Prices } from '../model/look.ts';
import { layoutOf } from '../model/layout-of.ts';

/** The machines with prices that a spec can be priced as. */
export function costMachinesOf({ arch }: MachineSpec): readonly CostMachine[] {
  return COST_MACHINES.filter((machine) => machine.arch === arch);
}

/** The machine whose prices a spec is priced by; undefined if there is none of its architecture. */
export function pricedAs(spec: MachineSpec, prices: Prices): CostMachine | undefined {
  const choices = costMachinesOf(spec);
  return choices.find(({ id }) => id === prices[spec.arch]) ?? choices[0];
}

/** Predicted time of what was counted so far in a step, without the faults that follow it. */
export function costSoFar(
  counters: EventCounters,
  spec: MachineSpec,
  strategy: string,
  machine: CostMachine,
): Cost {
  const arch = layoutOf(spec);
  return priceOfEvents(counters, machine, {
    commitPath: commitPathOf(strategy),
    contPtes: arch.contPtes,
    tlbiRange: spec.arm64?.tlbiRange ?? true,
    bbml2: (spec.arm64?.bbml2 ?? false) && arch.features.bbml2Noabort,
    faults: counters.faults,
  });
}
