import { didYouMean } from '@ptelab/scenario';
import { BenchError } from './bench-error.ts';
import { SUITES, type SuiteName } from './result/result.ts';

/** The command line as it was typed. */
export interface Flags {
  readonly suite?: string;
  readonly mib?: string;
  readonly cycles: string;
  readonly limitMib: string;
  readonly limitSeconds: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly svg?: string;
  readonly baseline?: string;
}

/** What to measure. */
export interface Settings {
  readonly suites: readonly SuiteName[];
  /** A suite was named: what it lacks is an error then. */
  readonly asked: boolean;
  /** Null for what each suite takes by itself. */
  readonly mib: number | null;
  readonly cycles: number;
  readonly limitMib: number;
  readonly limitSeconds: number;
}

const MAX_MIB = 2 ** 20;
const MAX_CYCLES = 10_000;
const MAX_SECONDS = 86_400;

function wholeNumber(flag: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new BenchError(
    `${flag}: expected a whole number from 1 to ${most}, found ${JSON.stringify(text)}`,
  );
}

function suitesOf(text: string): SuiteName[] {
  const words = text.split(',').map((word) => word.trim());
  const choices = [...SUITES, 'all'];
  for (const word of words) {
    if (choices.includes(word)) continue;
    const found = `${JSON.stringify(word)}${didYouMean(word, choices)}`;
    throw new BenchError(`--suite: expected ${choices.join(', ')}, found ${found}`);
  }
  return words.includes('all') ? [...SUITES] : SUITES.filter((suite) => words.includes(suite));
}

/**
 * Reads the flags.
 *
 * @throws BenchError for the first that can't be.
 */
export function parseSettings(flags: Flags): Settings {
  const suite = flags.suite ?? 'all';
  return {
    suites: suitesOf(suite),
    asked: flags.suite !== undefined && flags.suite !== 'all',
    mib: flags.mib === undefined ? null : wholeNumber('--mib', flags.mib, MAX_MIB),
    cycles: wholeNumber('--cycles', flags.cycles, MAX_CYCLES),
    limitMib: wholeNumber('--limit-mib', flags.limitMib, MAX_MIB),
    limitSeconds: wholeNumber('--limit-seconds', flags.limitSeconds, MAX_SECONDS),
  };
}
