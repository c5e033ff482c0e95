import * as fc from 'fast-check';
import { STRATEGIES } from '@ptelab/mprotect';
import { KERNEL_RELEASES } from '@ptelab/pte';
import type { CheckMachine } from '../search/machine.ts';
import { compareSharing, type SharingDifference } from './compare.ts';
import { sharingStepText, sharingStories } from './steps.ts';

/** What {@link fuzzLeafSharing} found. Plain data. */
export interface SharingFuzzResult {
  readonly seed: number;
  /** Stories that were told to both, those of shrinking left out. */
  readonly stories: number;
  /** The smallest story after which the two differ, or null. */
  readonly difference:
    | (SharingDifference & {
        readonly machine: CheckMachine;
        readonly strategy: string;
        readonly steps: readonly string[];
      })
    | null;
}

/**
 * Tells random stories to a system whose leaf tables share their states and to a plain one, on any
 * architecture, release and built-in strategy. Both must agree in everything that can be asked.
 *
 * @param runs - stories.
 * @param seed - the same seed tells the same stories.
 */
export function fuzzLeafSharing(runs: number, seed: number): SharingFuzzResult {
  const story = fc
    .record({
      arch: fc.constantFrom('arm64' as const, 'x86-64' as const),
      kernel: fc.constantFrom(...KERNEL_RELEASES),
      strategy: fc.constantFrom(...STRATEGIES.map(({ name }) => name)),
    })
    .chain(({ arch, kernel, strategy }) =>
      sharingStories(arch).map((steps) => ({ machine: { arch, kernel }, strategy, steps })),
    );
  const details = fc.check(
    fc.property(story, ({ machine, strategy, steps }) => {
      return compareSharing(steps, machine, strategy) === null;
    }),
    { seed, numRuns: runs },
  );
  const result = { seed, stories: details.numRuns };
  const smallest = details.counterexample?.[0];
  if (!details.failed || smallest === undefined) {
    if (details.errorInstance instanceof Error) throw details.errorInstance;
    return { ...result, difference: null };
  }
  const { machine, strategy, steps } = smallest;
  const found = compareSharing(steps, machine, strategy);
  if (found === null) throw new Error('the story makes no difference when it is told again');
  return {
    ...result,
    difference: { ...found, machine, strategy, steps: steps.map(sharingStepText) },
  };
}
