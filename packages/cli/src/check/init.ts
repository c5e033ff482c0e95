import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { write } from '../output.ts';

/** Shipped as source, so that it is checked like all other code. */
const TEMPLATE = new URL('../src/check/template/my-strategy.ts', import.meta.url);
const DEFAULT_FILE = './my-strategy.ts';

/**
 * Writes a strategy to begin with, which is right.
 *
 * @throws CliError if the file is there already or can't be written.
 */
export async function writeTemplate(file: string = DEFAULT_FILE): Promise<number> {
  const stem = basename(file).replace(/\.[cm]?[jt]s$/, '');
  if (!/\.[cm]?ts$/.test(file)) {
    throw new CliError('bad-choice', `--init: expected a name that ends in .ts, found ${file}`);
  }
  const name = /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(stem) ? stem : 'my-strategy';
  const template = await readFile(TEMPLATE, 'utf8');
  try {
    const text = template.replaceAll('./my-strategy.ts', file).replaceAll('my-strategy', name);
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const found = code === 'EEXIST' ? 'it is there already' : code;
    throw new CliError('bad-choice', `--init: expected to write ${file}, ${found}`);
  }
  await write(`wrote ${file}; judge it: ptelab check --strategy ${file}\n`);
  return EXIT.held;
}
