import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { CliError } from './cli-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  ENOENT: 'found no such folder',
  ENOTDIR: 'found no such folder',
  ENOSPC: 'no space left',
  EPERM: 'no permission to write there',
  EROFS: 'found a file system that is read-only',
};

function refusal(flag: string, file: string, error: unknown): CliError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new CliError('bad-file', `${flag}: expected to write ${file}, ${REASONS[code] ?? code}`);
}

/** True for errors of system calls. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** What stands at a path now. */
async function standing(file: string): Promise<'nothing' | 'file' | 'folder' | 'device'> {
  try {
    const found = await stat(file);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'device';
  } catch {
    return 'nothing';
  }
}

/**
 * Checks that a file can be written, before the work is done that it is to hold.
 *
 * @throws CliError if not.
 */
export async function checkWritable(flag: string, file: string): Promise<void> {
  const found = await standing(file);
  if (found === 'folder') {
    throw new CliError('bad-file', `${flag}: expected a file, found a directory at ${file}`);
  }
  const folder = dirname(file);
  if (found === 'nothing' && (await standing(folder)) !== 'folder') {
    const text = `${flag}: expected a folder to write ${file} into, found none at ${folder}`;
    throw new CliError('bad-file', text);
  }
}

/**
 * Checks that there is a folder to write into, before the work is done that it is to hold.
 *
 * @throws CliError if not.
 */
export async function checkFolder(flag: string, folder: string): Promise<void> {
  const found = await standing(folder);
  if (found === 'folder') return;
  const what = found === 'nothing' ? 'nothing there' : `a ${found}`;
  throw new CliError('bad-file', `${flag}: expected a folder at ${folder}, found ${what}`);
}

/** Writes all of a file to the path that it is given, which is that of a new file. */
type Fill = (path: string) => Promise<void> | void;

/** Where a file is written before it takes its place. */
interface Staged {
  readonly file: string;
  readonly temporary: string;
  readonly target: string;
}

async function stage(file: string): Promise<Staged> {
  const target = (await standing(file)) === 'file' ? await realpath(file) : file;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  return { file, temporary, target };
}

async function fillAllWhole(flag: string, fills: ReadonlyMap<string, Fill>): Promise<void> {
  for (const file of fills.keys()) await checkWritable(flag, file);
  const all = await Promise.all([...fills.keys()].map(stage));
  let last = '';
  try {
    for (const { file, temporary } of all) {
      last = file;
      await writeFile(temporary, '', { flag: 'wx' });
      await fills.get(file)?.(temporary);
    }
    for (const { file, temporary, target } of all) {
      last = file;
      await rename(temporary, target);
    }
  } catch (error) {
    await Promise.all(all.map(({ temporary }) => rm(temporary, { force: true })));
    throw isFileError(error) ? refusal(flag, last, error) : error;
  }
}

/**
 * Fills a file as a whole or not at all: whoever reads it meanwhile sees the old one.
 *
 * @param fill - writes all of it to the path that it is given, a new file; its own errors are passed on.
 * @throws CliError if it can't be written.
 */
export async function fillWhole(flag: string, file: string, fill: Fill): Promise<void> {
  await fillAllWhole(flag, new Map([[file, fill]]));
}

/**
 * Writes files as a whole or not at all: none takes its place before all are written, and whoever reads
 * one meanwhile sees the old one.
 *
 * @param files - contents of each file, by its path.
 * @throws CliError if one can't be written.
 */
export async function writeAllWhole(
  flag: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const fills = [...files].map(([file, contents]): [string, Fill] => [
    file,
    (path) => writeFile(path, contents),
  ]);
  await fillAllWhole(flag, new Map(fills));
}

/**
 * Writes a file as a whole or not at all: whoever reads it meanwhile sees the old one.
 *
 * @throws CliError if it can't be written.
 */
export async function writeWhole(
  flag: string,
  file: string,
  contents: string | Uint8Array,
): Promise<void> {
  if ((await standing(file)) === 'device') {
    // Nothing to replace: a pipe, or /dev/stdout.
    await writeFile(file, contents).catch((error: unknown) => {
      throw refusal(flag, file, error);
    });
    return;
  }
  await writeAllWhole(flag, new Map([[file, contents]]));
}
