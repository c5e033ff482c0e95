import type { Operation } from './op/operation.ts';
import type { ScenarioStep } from './scenario.ts';

/** The steps of a scenario that a program makes: operations of which nothing is expected, on no line of a file. */
export function stepsOf(operations: readonly Operation[]): ScenarioStep[] {
  return operations.map((operation) => ({ operation, expect: [], line: 0 }));
}
