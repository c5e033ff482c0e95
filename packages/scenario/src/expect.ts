import { FAULT_EFFECTS, type FaultEffect } from '@ptelab/mm';
import { EVENT_NAMES } from '@ptelab/pte';
import type { Machine } from './machine.ts';
import type { ExpectationResult, PredictedPages, StepResult } from './run-result.ts';
import type { Expectation } from './scenario.ts';

function applies(expectation: Expectation, machine: Machine): boolean {
  const { arch, kernel, strategy } = expectation.on ?? {};
  return (
    (arch?.includes(machine.spec.arch) ?? true) &&
    (kernel?.includes(machine.spec.kernel) ?? true) &&
    (strategy?.includes(machine.strategy.name) ?? true)
  );
}

function fact(what: string, expected: unknown, found: unknown): ExpectationResult {
  const [wanted, got] = [JSON.stringify(expected), JSON.stringify(found ?? null)];
  return { what, expected: wanted, found: got, held: wanted === got };
}

/** True if a step found violations that no expectation speaks of. */
export function unexpectedViolations({ violations, expectations }: StepResult): boolean {
  if (violations === undefined || violations.length === 0) return false;
  return !expectations.some(({ what }) => what === 'violations');
}

function violationFact(
  expected: NonNullable<Expectation['violations']>,
  { violations }: Omit<StepResult, 'expectations'>,
): ExpectationResult {
  if (violations === undefined) return fact('violations', expected, undefined);
  if (typeof expected === 'number') return fact('violations', expected, violations.length);
  const kinds = [...new Set(violations.map(({ kind }) => kind))].sort();
  return fact('violations', [...new Set(expected)].sort(), kinds);
}

type Shown = Omit<StepResult, 'expectations'>;

/** Sums up what is predicted of each page. */
function total(prediction: readonly PredictedPages[], of: (run: PredictedPages) => number): number {
  return prediction.reduce((sum, run) => sum + run.pages * of(run), 0);
}

/** Faults that a step took, or that it predicts. */
function faultsOf({ faults, prediction }: Shown): number {
  return prediction === undefined ? faults : total(prediction, (run) => run.faults);
}

function signalsOf({ signals, prediction }: Shown): number {
  return prediction === undefined
    ? signals
    : total(prediction, (run) => Number(run.signal !== null));
}

/** How often faults of a predict step have an effect. */
function timesPredicted(effect: FaultEffect, prediction: readonly PredictedPages[]): number {
  return total(prediction, ({ effects }) => effects.filter((one) => one.effect === effect).length);
}

/** Checks what a step showed against the expectations that apply to the machine. */
export function checkExpectations(
  expectations: readonly Expectation[],
  result: Omit<StepResult, 'expectations'>,
  machine: Machine,
): ExpectationResult[] {
  const facts: ExpectationResult[] = [];
  for (const expectation of expectations) {
    if (!applies(expectation, machine)) continue;
    const { error, changed, batches, events, faults, effects, signals, violations, waits } =
      expectation;
    if (error !== undefined)
      facts.push(fact('error', error, result.mprotect?.error ?? result.error));
    if (changed !== undefined) facts.push(fact('changed', changed, result.mprotect?.changed));
    if (batches !== undefined) {
      facts.push(
        fact(
          'batches',
          batches,
          result.mprotect?.batches.map((batch) => batch.nr),
        ),
      );
    }
    if (faults !== undefined) facts.push(fact('faults', faults, faultsOf(result)));
    if (signals !== undefined) facts.push(fact('signals', signals, signalsOf(result)));
    if (violations !== undefined) facts.push(violationFact(violations, result));
    if (waits !== undefined) facts.push(fact('waits', waits, result.waits ?? 0));
    for (const name of FAULT_EFFECTS) {
      const expected = effects?.[name];
      if (expected === undefined) continue;
      facts.push(fact(`effects.${name}`, expected, timesPredicted(name, result.prediction ?? [])));
    }
    for (const name of EVENT_NAMES) {
      const expected = events?.[name];
      if (expected !== undefined) facts.push(fact(`events.${name}`, expected, result.events[name]));
    }
  }
  return facts;
}
