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
 * Writes a file as a whole or not at all: whoever reads it meanwhile sees the old one.
 *
 * @throws CliError if it can't be written.
 */
export async function writeWhole(
  flag: string,
  file: string,
  text: string | Uint8Array,
): Promise<void> {
  const found = await standing(file);
  if (found === 'device') {
    // Nothing to replace: a pipe, or /dev/stdout.
    await writeFile(file, text).catch((error: unknown) => refuse(flag, file, error));
    return;
  }
  const target = found === 'file' ? await realpath(file) : file;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    refuse(flag, file, error);
  }
}
