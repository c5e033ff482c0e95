import { existsSync } from 'node:fs';
import { findStrategy, STRATEGIES, type Strategy } from '@ptelab/mprotect';
import { didYouMean } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';

/** Makes mistakes of a strategy that is not ours the input errors that they are. */
function guarded(file: string, strategy: Strategy): Strategy {
  const bad = (text: string): never => {
    throw new CliError('bad-strategy', `${file}: ${text}`);
  };
  return {
    ...strategy,
    changePresentPtes(range, index, pte) {
      let entries: number;
      try {
        entries = strategy.changePresentPtes(range, index, pte);
      } catch (error) {
        return bad(`changePresentPtes threw ${String(error)}`);
      }
      const left = range.end - index;
      if (Number.isInteger(entries) && entries >= 1 && entries <= left) return entries;
      return bad(`expected changePresentPtes to return 1 to ${left}, found ${String(entries)}`);
    },
  };
}

/** Words that mean a file rather than a name. */
const FILE = /[\\/]|\.[cm]?[jt]s$/;

/**
 * True if `word` means a strategy's file, false if it is the name of a built-in one.
 *
 * @throws CliError if there is no such strategy or file.
 */
export function isStrategyFile(word: string): boolean {
  if (findStrategy(word) !== undefined) return false;
  if (!FILE.test(word)) {
    const names = STRATEGIES.map((strategy) => strategy.name);
    const text = `--strategy: expected ${names.join(', ')} or a file, found ${JSON.stringify(word)}`;
    throw new CliError('bad-choice', `${text}${didYouMean(word, names)}`);
  }
  if (existsSync(word)) return true;
  throw new CliError('no-file', `--strategy: expected a file, found nothing at ${word}`);
}

/**
 * Finds a built-in strategy by name, or loads one from a module, as it is.
 *
 * @throws CliError if there is no such strategy.
 */
export async function loadBareStrategy(word: string): Promise<Strategy> {
  const builtIn = isStrategyFile(word) ? undefined : findStrategy(word);
  if (builtIn !== undefined) return builtIn;
  const { loadStrategyModule } = await import('./strategy-module.ts');
  return loadStrategyModule(word);
}

/**
 * Finds a built-in strategy by name, or loads one from a module whose mistakes become input errors.
 *
 * @throws CliError if there is no such strategy.
 */
export async function loadStrategy(word: string): Promise<Strategy> {
  const strategy = await loadBareStrategy(word);
  return strategy === findStrategy(word) ? strategy : guarded(word, strategy);
}
