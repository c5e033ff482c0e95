import type { KernelRelease } from '@ptelab/pte';
import type { Strategy } from '../strategy.ts';
import { batchHint } from './batch-hint.ts';
import { context } from './context.ts';
import { flattenAlways, flattenWhenUpgrading } from './flatten.ts';
import { maybeContiguous } from './maybe-contiguous.ts';
import { merged } from './merged.ts';
import { mergedRc1 } from './merged-rc1.ts';
import { perPte } from './per-pte.ts';
import { seriesV3 } from './series-v3.ts';
import { seriesV4 } from './series-v4.ts';
import { singleFastPath } from './single-fast-path.ts';
import { splitHelpers } from './split-helpers.ts';

/** The strategies that come with the package, in the order of their history. */
export const STRATEGIES: readonly Strategy[] = [
  perPte,
  seriesV3,
  seriesV4,
  splitHelpers,
  flattenAlways,
  flattenWhenUpgrading,
  context,
  mergedRc1,
  merged,
  singleFastPath,
  batchHint,
  maybeContiguous,
];

/** Strategy of each release. */
const OF_KERNEL: Readonly<Record<KernelRelease, Strategy>> = {
  '6.12': perPte,
  '6.16': perPte,
  '6.17-rc1': mergedRc1,
  '6.17': merged,
  '6.18': merged,
  '6.19': merged,
  '7.1': singleFastPath,
  '7.2': singleFastPath,
  '7.3': singleFastPath,
};

/** The strategy that a kernel release was shipped with. */
export function kernelStrategy(kernel: KernelRelease): Strategy {
  return OF_KERNEL[kernel];
}

/** The built-in strategy called `name`, if there is one. */
export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
