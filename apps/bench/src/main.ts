import process from 'node:process';
import { CommanderError } from 'commander';
import { BenchError, EXIT, reasonOf } from './bench-error.ts';
import { makeProgram } from './program.ts';
import { progress } from './progress.ts';

/** One line about a thrown value, and how to end; null if it was only a way out (`--help`). */
function complaintOf(error: unknown): { text: string; exitCode: number } | null {
  if (error instanceof BenchError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return null;
    const text = error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' ');
    return { text, exitCode: EXIT.usage };
  }
  return { text: `a bug in bench: ${reasonOf(error)}`, exitCode: EXIT.bug };
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
try {
  await makeProgram().parseAsync();
} catch (error) {
  progress('');
  const complaint = complaintOf(error);
  if (complaint !== null) {
    process.stderr.write(`bench: ${complaint.text}\n`);
    process.exitCode = complaint.exitCode;
  }
}
