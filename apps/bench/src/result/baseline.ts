import type { Environment } from './environment.ts';
import { figuresOf, type Figure } from './figures.ts';
import type { BenchResult } from './result.ts';

/** How a number moved: more of anything that bench measures is worse. */
export type Verdict = 'better' | 'worse' | 'within noise';

/** One number in both runs. */
interface ComparedFigure {
  readonly name: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** After divided by before: under 1 is better. */
  readonly ratio: number;
  /** What the ratio may be, by the noise of both runs. */
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

/** Two runs side by side. */
export interface Comparison {
  readonly rows: readonly ComparedFigure[];
  /** Names of what only the baseline has. */
  readonly onlyBefore: readonly string[];
  /** Names of what only the new run has. */
  readonly onlyAfter: readonly string[];
  /** Why the two may not be comparable. */
  readonly doubts: readonly string[];
}

function verdictOf(low: number, high: number): Verdict {
  if (high < 1) return 'better';
  return low > 1 ? 'worse' : 'within noise';
}

/** What did not move has not, also where it is nothing. */
function quotient(after: number, before: number): number {
  return after === before ? 1 : after / before;
}

function compareFigure(before: Figure, after: Figure): ComparedFigure {
  const low = quotient(after.low, before.high);
  const high = quotient(after.high, before.low);
  return {
    name: after.name,
    unit: after.unit,
    before: before.median,
    after: after.median,
    ratio: quotient(after.median, before.median),
    low,
    high,
    verdict: verdictOf(low, high),
  };
}

const SAME = ['cpu', 'cores', 'system', 'arch', 'node', 'virtual', 'governor'] as const;

/** What the two machines differ in, and which run was disturbed. */
function doubtsOf(before: Environment, after: Environment): string[] {
  const differing = SAME.filter((field) => before[field] !== after[field]).map(
    (field) => `${field} differs: ${String(before[field])} before, ${String(after[field])} after`,
  );
  const loads = [
    ['the baseline', before],
    ['this run', after],
  ] as const;
  // The run itself keeps one core busy, but only the load before it is all of others.
  const busy = loads
    .filter(([, { loadBefore, cores }]) => loadBefore > cores / 2)
    .map(([run, { loadBefore, cores }]) => {
      return `${run} began under a load of ${loadBefore.toFixed(2)} on ${cores} CPUs`;
    });
  return [...differing, ...busy];
}

/** Sets each number of `after` beside the same of `before`. */
export function compareResults(before: BenchResult, after: BenchResult): Comparison {
  const old = new Map(figuresOf(before).map((figure) => [figure.name, figure]));
  const rows: ComparedFigure[] = [];
  const onlyAfter: string[] = [];
  for (const figure of figuresOf(after)) {
    const same = old.get(figure.name);
    old.delete(figure.name);
    if (same === undefined) onlyAfter.push(figure.name);
    else rows.push(compareFigure(same, figure));
  }
  const doubts = doubtsOf(before.environment, after.environment);
  return { rows, onlyBefore: [...old.keys()], onlyAfter, doubts };
}
