import { readFileSync } from 'node:fs';
import { PtelabInputError } from '../input-error.ts';

/** Who a process is. A process id is given to another process later; its start time is not. */
export interface ProcessIdentity {
  readonly comm: string;
  /** Clock ticks since boot, as /proc writes them. */
  readonly startTime: string;
}

/** Field 22 is the start time; the first after the name is field 3. */
const START_TIME_AFTER_COMM = 22 - 3;

/**
 * Reads /proc/PID/stat. The name may hold blanks and brackets, so that it ends at the last one.
 *
 * @throws PtelabInputError if it is no such file, or the error of open(2).
 */
export function readIdentity(path: string): ProcessIdentity {
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf('(');
  const to = text.lastIndexOf(')');
  const startTime = text.slice(to + 2).split(' ')[START_TIME_AFTER_COMM];
  if (from === -1 || to < from || startTime === undefined || !/^\d+$/.test(startTime)) {
    throw new PtelabInputError('bad-line', path, 1, 'expected PID (NAME) and 20 fields or more');
  }
  return { comm: text.slice(from + 1, to), startTime };
}
