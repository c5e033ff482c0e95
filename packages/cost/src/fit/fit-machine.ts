import { nonNegativeLeastSquares } from '../instructions/nnls.ts';
import { parameterOf, type CostMachine } from '../machine.ts';
import { PARAMETER_NAMES, type ParameterName } from '../parameter.ts';
import type { PublishedRow } from '../published/row.ts';
import { evaluate, WorkloadRunner, type Form, type RowForms } from './forms.ts';
import { pricesOf, rangeAround, withPrice, type PriceOf } from '../price/combine.ts';

/** What a fit says about one parameter. */
export interface FittedValue {
  readonly name: ParameterName;
  /** Nanoseconds. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The inputs of a fit, each of which may be moved to see what that does. */
interface Inputs {
  readonly published: ReadonlyMap<string, number>;
  readonly given: PriceOf;
}

interface Problem {
  readonly machine: CostMachine;
  readonly unknowns: readonly ParameterName[];
  readonly rows: readonly RowForms[];
}

/** The coefficients times the unknowns should be `value`, give or take `sigma`. */
interface Equation {
  readonly coefficients: readonly number[];
  readonly value: number;
  readonly sigma: number;
}

const PASSES = 4;

/** Parameters that the rows of the machine decide. */
function unknownsOf(machine: CostMachine): ParameterName[] {
  return PARAMETER_NAMES.filter((name) => machine.parameters[name]?.kind === 'fitted');
}

/** Counts of the unknowns in a form, those of tied parameters among them, and the price of the rest. */
function divide(form: Form, { machine, unknowns }: Problem, given: PriceOf): [number[], number] {
  const counts = unknowns.map(() => 0);
  let known = 0;
  for (const [name, count] of form) {
    const tie = machine.parameters[name]?.tie;
    const index = unknowns.indexOf(tie?.to ?? name);
    if (index === -1) known += count * given(name);
    else counts[index] = (counts[index] ?? 0) + count * (tie?.factor ?? 1);
  }
  return [counts, known];
}

function equation(forms: RowForms, problem: Problem, inputs: Inputs, guess: PriceOf): Equation {
  const { row, of, over } = forms;
  const published = inputs.published.get(row.id) ?? row.published;
  const [counts, known] = divide(of, problem, inputs.given);
  if (over === null) {
    return { coefficients: counts, value: published - known, sigma: row.plusMinus };
  }
  const [overCounts, overKnown] = divide(over, problem, inputs.given);
  return {
    coefficients: counts.map((count, i) => count - published * (overCounts[i] ?? 0)),
    value: published * overKnown - known,
    sigma: row.plusMinus * evaluate(over, guess),
  };
}

function solved(problem: Problem, inputs: Inputs): number[] {
  const { machine, unknowns, rows } = problem;
  let values = unknowns.map(() => 1);
  const guess: PriceOf = (name) => {
    const tie = machine.parameters[name]?.tie;
    const index = unknowns.indexOf(tie?.to ?? name);
    return index === -1 ? inputs.given(name) : (values[index] ?? 0) * (tie?.factor ?? 1);
  };
  // Only the weight of a ratio depends on the solution.
  for (let pass = 0; pass < PASSES; pass++) {
    const equations = rows.map((row) => equation(row, problem, inputs, guess));
    values = nonNegativeLeastSquares(
      equations.map(({ coefficients, sigma }) => coefficients.map((each) => each / sigma)),
      equations.map(({ value, sigma }) => value / sigma),
    );
  }
  return values;
}

/** Every input moved to either end of its range, one at a time. */
function moves({ machine, rows }: Problem, base: Inputs): [Inputs, Inputs][] {
  const bySource = rows.map(({ row }): [Inputs, Inputs] => {
    const at = (published: number): Inputs => ({
      ...base,
      published: new Map([[row.id, published]]),
    });
    return [at(row.published - row.plusMinus), at(row.published + row.plusMinus)];
  });
  const given = PARAMETER_NAMES.filter((name) => {
    const kind = machine.parameters[name]?.kind;
    return kind === 'estimate' || kind === 'measured';
  });
  const byParameter = given.map((moved): [Inputs, Inputs] => {
    const { low, high } = parameterOf(machine, moved);
    const at = (price: number): Inputs => ({
      ...base,
      given: withPrice(base.given, moved, price),
    });
    return [at(low), at(high)];
  });
  return [...bySource, ...byParameter];
}

/**
 * Finds the fitted parameters of a machine from the fit rows among `rows`; no other row is looked at,
 * and neither are the values that the machine has for these parameters.
 *
 * Their ranges follow from the roundings of the rows and the ranges of the other parameters, each moved
 * alone; see `rangeAround`.
 */
export function fitMachine(machine: CostMachine, rows: readonly PublishedRow[]): FittedValue[] {
  const runner = new WorkloadRunner(machine);
  const used = rows.filter(
    (row) => row.machine === machine.id && row.use === 'fit' && row.derived !== true,
  );
  const unknowns = unknownsOf(machine);
  if (unknowns.length === 0) return [];
  const problem: Problem = { machine, unknowns, rows: used.map((row) => runner.forms(row)) };
  const base: Inputs = { published: new Map(), given: pricesOf(machine) };
  const moved = moves(problem, base).map((ends) => ends.map((inputs) => solved(problem, inputs)));
  const values = solved(problem, base);
  return unknowns.map((name, i) => {
    const value = values[i] ?? 0;
    const { low, high } = rangeAround(
      value,
      moved.map((ends) => ends.map((each) => each[i] ?? 0)),
    );
    return { name, value, low: Math.max(0, low), high };
  });
}
