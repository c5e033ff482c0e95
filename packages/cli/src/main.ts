import process from 'node:process';
import { CommanderError } from 'commander';
import { complaintOf, type Complaint } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { endOnBrokenPipe } from './output.ts';
import { makeProgram } from './program.ts';

/** True if `flag` stands before a `--` that ends flags: also when the command line can't be read. */
function given(flag: string): boolean {
  const words = process.argv.slice(2);
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).includes(flag);
}

/** What to say about a thrown value; null if it was only a way out (`--help`). */
function complain(error: unknown): Complaint | null {
  if (!(error instanceof CommanderError)) return complaintOf(error);
  // Asked for, or shown because there was no verb.
  if (error.code === 'commander.help')
    return { code: 'no-verb', message: '', exitCode: EXIT.usage };
  if (error.exitCode === 0) return null;
  const message = error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' ');
  return { code: 'usage', message, exitCode: EXIT.usage };
}

function print({ code, message }: Complaint, error: unknown): void {
  if (message === '') return;
  const line = given('--json')
    ? JSON.stringify({ error: { code, message } })
    : `ptelab: ${message}`;
  process.stderr.write(`${line}\n`);
  if (given('--debug') && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

endOnBrokenPipe();
try {
  await makeProgram().parseAsync();
} catch (error) {
  const complaint = complain(error);
  if (complaint !== null) {
    print(complaint, error);
    process.exitCode = complaint.exitCode;
  }
}
