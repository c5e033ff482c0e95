import type { CallResult } from './log.ts';

/** How a call ended, and how long it took. */
export interface Returned {
  readonly result: CallResult;
  readonly ns: number | null;
}

const DURATION = /\s+<(\d{1,9}\.\d+)>\s*$/;
const UNKNOWN = /^\?(?:\s+(E[A-Z0-9_]+))?/;
const ERROR = /^-\d+\s+(E[A-Z0-9]+)\b/;
const NUMBERED = /^-\d+(?:\s+\(errno (\d+)\))?/;
const VALUE = /^(0x[0-9a-f]{1,16}|\d{1,20})(?![\w.])/i;

function resultOf(text: string): CallResult | null {
  const unknown = UNKNOWN.exec(text);
  if (unknown !== null) return { kind: 'unknown', restart: unknown[1] ?? null };
  const error = ERROR.exec(text);
  if (error?.[1] !== undefined) return { kind: 'error', errno: error[1] };
  const numbered = NUMBERED.exec(text);
  if (numbered !== null) return { kind: 'error', errno: `errno ${numbered[1] ?? numbered[0]}` };
  const value = VALUE.exec(text)?.[1];
  return value === undefined ? null : { kind: 'value', value: Number(value) };
}

/**
 * Reads what follows the arguments of a call: ` = 0x7f13ab7ba000 <0.000012>`.
 *
 * @returns null if it is no result.
 */
export function returned(text: string): Returned | null {
  const equals = /^\s*=\s+/.exec(text);
  if (equals === null) return null;
  const rest = text.slice(equals[0].length);
  const result = resultOf(rest);
  if (result === null) return null;
  const seconds = DURATION.exec(rest)?.[1];
  return { result, ns: seconds === undefined ? null : Math.round(Number(seconds) * 1e9) };
}
