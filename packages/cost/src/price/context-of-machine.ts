import { archOf, type MachineSpec } from '@ptelab/scenario';
import { commitPathOf, type CostContext } from './context.ts';

/** A machine that something ran on: what it is, and the strategy by name, which may be a user's own. */
export type RanOn = MachineSpec & { readonly strategy: string };

/** What a machine says about the price of the events that were counted on it. */
export function contextOfMachine(
  machine: RanOn,
): Required<Pick<CostContext, 'commitPath' | 'contPtes' | 'tlbiRange' | 'bbml2'>> {
  const arch = archOf(machine);
  return {
    commitPath: commitPathOf(machine.strategy),
    contPtes: arch.contPtes,
    tlbiRange: machine.arm64?.tlbiRange ?? true,
    bbml2: (machine.arm64?.bbml2 ?? false) && arch.features.bbml2Noabort,
  };
}
