import type { KernelRelease } from '@ptelab/pte';
import type { Strategy } from '../strategy.ts';
import { merged } from './merged.ts';
import { perPte } from './per-pte.ts';

/** The strategies that come with the package, oldest first. */
export const STRATEGIES: readonly Strategy[] = [perPte, merged];

/** Strategy of each release. */
const OF_KERNEL: Readonly<Record<KernelRelease, Strategy>> = {
  '6.12': perPte,
  '6.16': perPte,
  '6.17-rc1': merged,
  '6.17': merged,
  '6.18': merged,
  '6.19': merged,
  '7.1': merged,
  '7.2': merged,
  '7.3': merged,
};

/** The strategy that a kernel release was shipped with. */
export function kernelStrategy(kernel: KernelRelease): Strategy {
  return OF_KERNEL[kernel];
}

/** The built-in strategy called `name`, if there is one. */
export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
