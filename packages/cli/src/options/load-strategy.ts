import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findStrategy, STRATEGIES, STRATEGY_API_VERSION, type Strategy } from '@ptelab/mprotect';
import { didYouMean } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';

/** What a module must export; its version may be another one. */
type AnyStrategy = Omit<Strategy, 'apiVersion'> & { readonly apiVersion: unknown };

function isStrategy(value: unknown): value is AnyStrategy {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, changePresentPtes } = value as Partial<Record<keyof Strategy, unknown>>;
  return kind === 'strategy' && typeof name === 'string' && typeof changePresentPtes === 'function';
}

/** Makes mistakes of a strategy that is not ours the input errors that they are. */
function guarded(file: string, strategy: AnyStrategy): Strategy {
  const bad = (text: string): never => {
    throw new CliError('bad-strategy', `${file}: ${text}`);
  };
  return {
    ...strategy,
    apiVersion: STRATEGY_API_VERSION,
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

/** Runs a module and returns the strategy that it exports, by default or by any name. */
async function loadModule(file: string): Promise<Strategy> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [line] = reason.split('\n');
    throw new CliError(
      'bad-strategy',
      `${file}: expected a module, it fails to load: ${line ?? ''}`,
    );
  }
  const strategies = [...new Set(Object.values(exported).filter(isStrategy))];
  const [strategy] =
    'default' in exported && isStrategy(exported.default) ? [exported.default] : strategies;
  if (strategy === undefined) {
    const text = `${file}: expected an export made by defineStrategy, found none`;
    throw new CliError('bad-strategy', text);
  }
  if (strategy.apiVersion !== STRATEGY_API_VERSION) {
    const found = String(strategy.apiVersion);
    const text = `${file}: expected a strategy of apiVersion ${STRATEGY_API_VERSION}, found ${found}`;
    throw new CliError('bad-strategy', text);
  }
  return guarded(file, strategy);
}

/** Words that mean a file rather than a name. */
const FILE = /[\\/]|\.[cm]?[jt]s$/;

/**
 * Finds a built-in strategy by name, or loads one from a JavaScript module.
 *
 * @throws CliError if there is no such strategy.
 */
export async function loadStrategy(word: string): Promise<Strategy> {
  const builtIn = findStrategy(word);
  if (builtIn !== undefined) return builtIn;
  if (!FILE.test(word)) {
    const names = STRATEGIES.map((strategy) => strategy.name);
    const text = `--strategy: expected ${names.join(', ')} or a file, found ${JSON.stringify(word)}`;
    throw new CliError('bad-choice', `${text}${didYouMean(word, names)}`);
  }
  if (!existsSync(word)) {
    throw new CliError('no-file', `--strategy: expected a file, found nothing at ${word}`);
  }
  if (/\.[cm]?ts$/.test(word)) {
    const text = `--strategy: expected a JavaScript module (.js, .mjs), found TypeScript: ${word}`;
    throw new CliError('bad-strategy', `${text}; compile it first`);
  }
  return loadModule(word);
}
