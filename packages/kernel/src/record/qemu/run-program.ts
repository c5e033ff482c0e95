import { execFile } from 'node:child_process';
import process from 'node:process';
import { findProgram } from './required-programs.ts';

/** A program that did not end well. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const MOST_OUTPUT_BYTES = 512 * 1024 * 1024;

/** Where to run a program, and what to add to its environment. */
export interface ProgramSettings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/**
 * Runs a program and gives what it wrote to its standard output.
 *
 * @throws ProgramError with the last line of what it said if it fails.
 */
export async function runProgram(
  name: string,
  words: readonly string[],
  { cwd, env }: ProgramSettings = {},
): Promise<Buffer> {
  const program = (await findProgram(name)) ?? name;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      words,
      {
        encoding: 'buffer',
        maxBuffer: MOST_OUTPUT_BYTES,
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...process.env, LC_ALL: 'C', ...env },
      },
      (error, output, complaint) => {
        if (error === null) resolve(output);
        else {
          const said = lastLine(complaint.toString('utf8'));
          const text = said === '' ? error.message : said.replace(`${name}: `, '');
          reject(new ProgramError(`${name}: ${text}`));
        }
      },
    );
  });
}
