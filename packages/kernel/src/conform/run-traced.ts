import type { OpOutcome, Operation, Story } from '@ptelab/scenario';
import type { OpStep } from '../recording/types.ts';
import type { Difference } from './compare-calls.ts';
import { modelCall, type Call, type VisibleCall } from './traced-calls.ts';

/** Carries an operation out; returns also the calls that a tracer of that kernel would have seen. */
export function runTraced(
  story: Story,
  operation: Operation,
  visible: readonly VisibleCall[],
): OpOutcome & { calls: Call[] } {
  const calls: Call[] = [];
  story.mm.trace = (event) => {
    const call = modelCall(event, visible);
    if (call !== null) calls.push(call);
  };
  const outcome = story.apply(operation);
  story.mm.trace = null;
  return { ...outcome, calls };
}

/** Compares whether an mprotect failed. */
export function resultDifferences(step: OpStep, { mprotect }: OpOutcome): Difference[] {
  const error = mprotect?.error ?? null;
  if (mprotect === undefined || (error !== null) === step.ret < 0) return [];
  return [{ what: 'result', expected: String(step.ret), found: error ?? '0' }];
}
