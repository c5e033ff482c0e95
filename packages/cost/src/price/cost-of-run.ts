import type { Run, StepResult } from '@ptelab/scenario';
import type { Cost } from '../cost.ts';
import type { CostMachine } from '../machine.ts';
import type { CostContext } from './context.ts';
import { contextOfMachine } from './context-of-machine.ts';
import { priceOfEvents } from './price-of-events.ts';

/** Price of one mprotect step of a run. */
export interface StepCost {
  /** Index of the step in the run. */
  readonly step: number;
  /** The step as an op line. */
  readonly op: string;
  /** With the faults of the steps that follow, up to the next mprotect. */
  readonly cost: Cost;
  /** Faults after the call that are in the cost. */
  readonly faultsAfter: number;
}

/** Choices of {@link costOfRun} that a run does not tell. */
export type RunCostOptions = Pick<CostContext, 'memmap'>;

function faultsBeforeNextCall(steps: readonly StepResult[]): number {
  const next = steps.findIndex(({ mprotect }) => mprotect !== undefined);
  const between = next === -1 ? steps : steps.slice(0, next);
  return between.reduce((sum, { faults }) => sum + faults, 0);
}

/**
 * Prices every mprotect step of a run, with the faults that follow it: what a call left read-only is
 * paid for by whoever writes there next. Faults that one way to change protection avoids are the
 * difference between two runs of the same story.
 *
 * @throws RangeError if the run is of another architecture than the machine.
 */
export function costOfRun(
  run: Run,
  machine: CostMachine,
  options: RunCostOptions = {},
): StepCost[] {
  const spec = run.machine;
  if (spec.arch !== machine.arch) {
    throw new RangeError(`${machine.id} is ${machine.arch}; the run is of ${spec.arch}`);
  }
  const context = contextOfMachine(spec);
  return run.steps.flatMap((step, index) => {
    if (step.mprotect === undefined) return [];
    const faultsAfter = faultsBeforeNextCall(run.steps.slice(index + 1));
    const cost = priceOfEvents(step.events, machine, {
      ...options,
      ...context,
      faults: step.faults + faultsAfter,
    });
    return [{ step: index, op: step.op, cost, faultsAfter }];
  });
}
