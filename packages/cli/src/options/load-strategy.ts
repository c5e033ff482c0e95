import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findStrategy, STRATEGIES, STRATEGY_API_VERSION, type Strategy } from '@ptelab/mprotect';
import { didYouMean } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';

function isStrategy(value: unknown): value is Strategy {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, changePresentPtes } = value as Partial<Record<keyof Strategy, unknown>>;
  return kind === 'strategy' && typeof name === 'string' && typeof changePresentPtes === 'function';
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
  return strategy;
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
