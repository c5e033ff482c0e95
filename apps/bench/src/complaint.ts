import { CommanderError } from 'commander';
import { BenchError, EXIT, reasonOf } from './bench-error.ts';

/** What the program says at its end, and how it ends. */
export interface Complaint {
  /** One line. */
  readonly text: string;
  readonly exitCode: number;
}

/** What to say about a thrown value; null if it was only a way out (`--help`). */
export function complaintOf(error: unknown): Complaint | null {
  if (error instanceof BenchError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return null;
    const text = error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' ');
    return { text, exitCode: EXIT.usage };
  }
  return { text: `a bug in bench: ${reasonOf(error)}`, exitCode: EXIT.bug };
}
