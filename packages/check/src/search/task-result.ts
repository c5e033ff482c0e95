import type { BrokenState } from '../exhaustive/search-block.ts';

/** A broken state and where it was found. Plain data. */
export interface BrokenPlace extends BrokenState {
  /** Index into the machines of the plan. */
  readonly machine: number;
}

/** What one task, or several joined, found. Plain data. */
export interface TaskResult {
  /** States judged. */
  readonly states: number;
  /** The first state that breaks a rule of safety. */
  readonly violation: BrokenPlace | null;
  /** The first state that breaks each rule of quality. */
  readonly remarks: readonly BrokenPlace[];
}

/** Nothing searched yet. */
export const NO_RESULT: TaskResult = { states: 0, violation: null, remarks: [] };

/** Order of the search: what comes first is the smaller counter-example. */
function comesBefore(a: BrokenPlace, b: BrokenPlace): boolean {
  if (a.chosen.length !== b.chosen.length) return a.chosen.length < b.chosen.length;
  return a.machine === b.machine ? a.block < b.block : a.machine < b.machine;
}

function earlier(a: BrokenPlace | null, b: BrokenPlace | null): BrokenPlace | null {
  if (a === null || b === null) return a ?? b;
  return comesBefore(b, a) ? b : a;
}

/** Joins two results; independent of the order in which tasks were done. */
export function joinResults(a: TaskResult, b: TaskResult): TaskResult {
  const remarks = new Map<string, BrokenPlace>();
  for (const remark of [...a.remarks, ...b.remarks]) {
    const { invariant } = remark.finding;
    const first = earlier(remarks.get(invariant) ?? null, remark);
    if (first !== null) remarks.set(invariant, first);
  }
  return {
    states: a.states + b.states,
    violation: earlier(a.violation, b.violation),
    remarks: [...remarks.values()],
  };
}
