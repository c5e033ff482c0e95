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

function refuse(flag: string, file: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  throw new CliError('bad-file', `${flag}: expected to write ${file}, ${REASONS[code] ?? code}`);
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

/** A file that is ready to take its place. */
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

/**
 * Writes files as a whole or not at all: none takes its place before all are written, and whoever reads
 * one meanwhile sees the old one.
 *
 * @param files - text of each file, by its path.
 * @throws CliError if one can't be written.
 */
export async function writeAllWhole(
  flag: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  for (const file of files.keys()) await checkWritable(flag, file);
  const all = await Promise.all([...files.keys()].map(stage));
  let last = '';
  try {
    for (const { file, temporary } of all) {
      last = file;
      await writeFile(temporary, files.get(file) ?? '', { flag: 'wx' });
    }
    for (const { file, temporary, target } of all) {
      last = file;
      await rename(temporary, target);
    }
  } catch (error) {
    await Promise.all(all.map(({ temporary }) => rm(temporary, { force: true })));
    refuse(flag, last, error);
  }
}

/**
 * Writes a file as a whole or not at all: whoever reads it meanwhile sees the old one.
 *
 * @throws CliError if it can't be written.
 */
export async function writeWhole(flag: string, file: string, text: string): Promise<void> {
  if ((await standing(file)) === 'device') {
    // Nothing to replace: a pipe, or /dev/stdout.
    await writeFile(file, text).catch((error: unknown) => refuse(flag, file, error));
    return;
  }
  await writeAllWhole(flag, new Map([[file, text]]));
}
