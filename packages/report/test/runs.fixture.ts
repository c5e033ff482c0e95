import type { KernelRelease } from '@ptelab/pte';
import {
  createMachine,
  runScenario,
  scenarioFromOpLines,
  withFinalDumps,
  type Run,
  type RunOptions,
  type Scenario,
} from '@ptelab/scenario';

/*
 * page  0        8        16       24       32
 *       |    64K folio    |    64K folio    |
 *                |    mprotect     |
 */
export const partial: Scenario = {
  ...scenarioFromOpLines('partial', [
    'thp 64 always',
    'mmap 0 32 rw anon',
    'w 0 32',
    'mprotect 8 16 r',
    'mprotect 8 16 rw',
    'mprotect 8 64 r',
    'dump end 0 40',
    'vmas end',
  ]),
  title: 'Half of two folios',
};

/** A scenario with an expectation that holds and one that does not. */
export const expecting: Scenario = {
  ...partial,
  steps: partial.steps.map((step, index) =>
    index === 3 ? { ...step, expect: [{ changed: 16, batches: [16] }] } : step,
  ),
};

/** A scenario that the model can't finish. */
export const lacking: Scenario = scenarioFromOpLines('lacking', [
  'mmap 0 4 rw anon',
  'mprotect 0 4 r',
  'sysw /proc/sys/vm/x 1',
]);

/** Runs a scenario as the command line does. */
export function run(
  scenario: Scenario,
  arch: 'arm64' | 'x86-64',
  kernel: KernelRelease,
  options: RunOptions = {},
): Run {
  return runScenario(withFinalDumps(scenario), createMachine({ arch, kernel }), options);
}
