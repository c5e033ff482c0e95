import { existsSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import * as folio from '@ptelab/folio';
import * as mm from '@ptelab/mm';
import * as mprotect from '@ptelab/mprotect';
import * as pte from '@ptelab/pte';
import { didYouMean } from '@ptelab/scenario';
import { createJiti } from 'jiti';
import { CliError } from '../cli-error.ts';

const { STRATEGY_API_VERSION } = mprotect;

/**
 * What a strategy may import wherever its file lies: the very packages that this program runs with,
 * so that both sides mean the same by them.
 */
const PACKAGES: Readonly<Record<string, unknown>> = {
  '@ptelab/folio': folio,
  '@ptelab/mm': mm,
  '@ptelab/mprotect': mprotect,
  '@ptelab/pte': pte,
};

/** What a module must export; its version may be another one. */
type AnyStrategy = Omit<mprotect.Strategy, 'apiVersion'> & { readonly apiVersion: unknown };

function isStrategy(value: unknown): value is AnyStrategy {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, changePresentPtes } = value as Partial<
    Record<keyof mprotect.Strategy, unknown>
  >;
  return kind === 'strategy' && typeof name === 'string' && typeof changePresentPtes === 'function';
}

/** A path as people would write it here. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

/** Where an error was thrown: the first place in its stack that lies in the folder of the module. */
function placeOf(error: Error, file: string): string {
  // Columns are those of the transformed code.
  for (const [, text, line] of (error.stack ?? '').matchAll(/([^\s()]+):(\d+):\d+\)?$/gm)) {
    const path = text?.startsWith('file:') === true ? fileURLToPath(text) : (text ?? '');
    const ours = path.startsWith(dirname(resolve(file))) && !path.includes('node_modules');
    if (ours) return `${resolve(file) === path ? file : shown(path)}:${line}`;
  }
  return file;
}

/** Says in one line why a module does not load. */
function reasonOf(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `${file}: expected a module, it throws ${String(error)}`;
  const syntax = /^ParseError: (.*?)\s*\n\s*(.+):(\d+):(\d+)/.exec(error.message);
  if (syntax !== null) {
    const [, what = '', path = '', line, column] = syntax;
    const where = resolve(file) === path ? file : shown(path);
    return `${where}:${line}:${Number(column) + 1}: expected a module, found: ${what}`;
  }
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) {
    const [importer = resolve(file)] = (error as { requireStack?: string[] }).requireStack ?? [];
    const where = resolve(file) === importer ? file : shown(importer);
    const hint = didYouMean(missing, Object.keys(PACKAGES));
    return `${where}: expected an import that resolves, found ${JSON.stringify(missing)}${hint}`;
  }
  const [line = ''] = String(error).split('\n');
  return `${placeOf(error, file)}: expected a module that loads, it throws ${line}`;
}

function exportedStrategies(exported: unknown): AnyStrategy[] {
  if (isStrategy(exported)) return [exported];
  if (typeof exported !== 'object' || exported === null) return [];
  const { default: preferred, ...others } = exported as Readonly<Record<string, unknown>>;
  return [preferred, ...Object.values(others)].filter(isStrategy);
}

/**
 * Runs a TypeScript or JavaScript module and returns the strategy that it exports, by default or by
 * any name. The module needs no build step and no packages of its own.
 *
 * @throws CliError if there is no such file, or no strategy in it.
 */
export async function loadStrategyModule(file: string): Promise<mprotect.Strategy> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new CliError('no-file', `--strategy: expected a file, found nothing at ${file}`);
  }
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { ...PACKAGES },
  });
  let exported: unknown;
  try {
    exported = await jiti.import(resolve(file));
  } catch (error) {
    throw new CliError('bad-strategy', reasonOf(error, file));
  }
  const [strategy] = exportedStrategies(exported);
  if (strategy === undefined) {
    const text = `${file}: expected an export made by defineStrategy, found none`;
    throw new CliError('bad-strategy', text);
  }
  if (strategy.apiVersion !== STRATEGY_API_VERSION) {
    const found = String(strategy.apiVersion);
    const text = `${file}: expected a strategy of apiVersion ${STRATEGY_API_VERSION}, found ${found}`;
    throw new CliError('bad-strategy', text);
  }
  return { ...strategy, apiVersion: STRATEGY_API_VERSION };
}
