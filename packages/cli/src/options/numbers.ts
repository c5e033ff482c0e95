import { CliError } from '../cli-error.ts';

function refuse(name: string, what: string, text: string): never {
  throw new CliError('bad-number', `${name}: expected ${what}, found ${JSON.stringify(text)}`);
}

/**
 * Reads a whole number.
 *
 * @throws CliError for anything else, and for numbers below `least`.
 */
export function wholeNumber(name: string, text: string, least = 1): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  return refuse(name, `a whole number from ${least} on`, text);
}

/**
 * Reads a number above 0.
 *
 * @throws CliError for anything else.
 */
export function positiveNumber(name: string, text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value > 0 ? value : refuse(name, 'a number above 0', text);
}
