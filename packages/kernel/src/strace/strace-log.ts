import type { StraceLog } from './log.ts';
import { LogReader } from './log-reader.ts';

/**
 * Reads lines that strace wrote.
 *
 * @param source - what to call them in complaints.
 * @throws PtelabInputError for a call on memory or processes that is malformed, for more than
 * 2,000,000 of them, and if no line is one of strace's.
 */
export function straceLog(source: string, lines: Iterable<string>): StraceLog {
  const reader = new LogReader(source);
  let line = 0;
  for (const text of lines) reader.add({ text, line: ++line, ended: true });
  return reader.finish();
}
