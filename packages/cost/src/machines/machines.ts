import type { CostMachine } from '../machine.ts';
import { ALDER_LAKE } from './alder-lake.ts';
import { AMPEREONE } from './ampereone.ts';
import { APPLE_M3 } from './apple-m3.ts';
import { NEOVERSE_N1 } from './neoverse-n1.ts';
import { ZEN3 } from './zen3.ts';
import { ZEN4 } from './zen4.ts';

/** The machines that have prices. */
export const COST_MACHINES: readonly CostMachine[] = [
  APPLE_M3,
  NEOVERSE_N1,
  AMPEREONE,
  ZEN3,
  ZEN4,
  ALDER_LAKE,
];

/** The machine of that id, or undefined. */
export function findCostMachine(id: string): CostMachine | undefined {
  return COST_MACHINES.find((machine) => machine.id === id);
}
