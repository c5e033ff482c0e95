import { linesOf } from '../text-lines.ts';
import type { StraceLog } from './log.ts';
import { LogReader } from './log-reader.ts';

/** Longest line that is read, in bytes. Strings and structures are cut by strace long before. */
const MOST_LINE_BYTES = 1024 * 1024;

/**
 * Reads a log of strace: a file, a file ending in .gz, or standard input for `-`. Memory is bounded by
 * the longest line and by the number of calls that are followed.
 *
 * @throws PtelabInputError as {@link straceLog}, and for a file that is missing or damaged.
 */
export async function readStraceLog(path: string): Promise<StraceLog> {
  const reader = new LogReader(path);
  for await (const line of linesOf(path, MOST_LINE_BYTES)) reader.add(line);
  return reader.finish();
}
