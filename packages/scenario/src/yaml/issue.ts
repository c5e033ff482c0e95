import type * as z from 'zod/mini';
import { didYouMean } from '../nearest.ts';
import type { ScenarioErrorCode } from '../scenario-error.ts';

/** A way into nested data: keys and indices. */
export type Path = readonly (string | number)[];

/** What is wrong, and with which part of the data. */
export interface Problem {
  readonly code: ScenarioErrorCode;
  readonly path: Path;
  /** One line: what was expected and what was found. */
  readonly text: string;
}

const SHOWN = 60;

/** Writes a value the way a message can carry it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…"` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[key];
  }
  return at;
}

function unknownKey(key: string, path: Path, choices: readonly string[]): Problem {
  const hint = didYouMean(key, choices);
  const text = `expected ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}, found ${show(key)}${hint}`;
  return { code: 'unknown-key', path: [...path, key], text };
}

function choicesOf(issue: z.core.$ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options ?? []) : [];
}

/**
 * Turns an issue into a problem.
 *
 * @param value - what was validated.
 * @param keysAt - the keys that the object at a path may have.
 */
function toProblem(
  issue: z.core.$ZodIssue,
  value: unknown,
  keysAt: (path: Path) => readonly string[],
): Problem {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const choices = keysAt(path);
    const key = issue.keys[0] ?? '';
    if (choices.length > 0) return unknownKey(key, path, choices);
    return {
      code: 'unknown-key',
      path: [...path, key],
      text: `expected no key, found ${show(key)}`,
    };
  }
  const found = valueAt(value, path);
  if (found === undefined) {
    const name = path.at(-1);
    const text = `expected ${String(name)}: ${issue.message}, found nothing`;
    return { code: 'missing', path, text };
  }
  const words = choicesOf(issue).filter((choice) => typeof choice === 'string');
  const hint = typeof found === 'string' ? didYouMean(found, words) : '';
  return {
    code: 'bad-value',
    path,
    text: `expected ${issue.message}, found ${show(found)}${hint}`,
  };
}

/** The problem of all that a schema found which comes first in the text; null if there is none. */
export function firstProblem(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  keysAt: (path: Path) => readonly string[],
  offset: (path: Path) => number,
): Problem | null {
  let first: Problem | null = null;
  let least = Infinity;
  for (const issue of issues) {
    const problem = toProblem(issue, value, keysAt);
    const at = offset(problem.path);
    // A missing key has no place of its own: what is written comes first.
    const rank = problem.code === 'missing' ? Number.MAX_SAFE_INTEGER : at;
    if (rank < least) [first, least] = [problem, rank];
  }
  return first;
}
