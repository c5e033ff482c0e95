import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { CliError } from './cli-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EISDIR: 'found a directory',
  ENOENT: 'found nothing there',
};

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads a text file, or standard input for `-`.
 *
 * @throws CliError if it can't be read.
 */
export async function readInput(file: string): Promise<string> {
  if (file === '-') return readStandardInput();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CliError('no-file', `${file}: expected a file, ${REASONS[code] ?? code}`);
  }
}
