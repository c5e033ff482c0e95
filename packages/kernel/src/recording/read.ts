import { PtelabInputError } from '../input-error.ts';
import { linesOf } from '../text-lines.ts';
import { recordingOfLine } from './parse.ts';
import type { Recording } from './types.ts';

/** Longest line that is read, in bytes: the largest recording so far has 4 MiB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

/**
 * Reads the recordings of a file one by one.
 *
 * @throws PtelabInputError if the file is missing, truncated, not JSON lines or not of schema 1.
 */
export async function* readRecordings(path: string): AsyncGenerator<Recording> {
  let any = false;
  for await (const { text, line } of linesOf(path, MAX_LINE_BYTES)) {
    any ||= text.trim() !== '';
    const recording = recordingOfLine(text, path, line);
    if (recording !== null) yield recording;
  }
  if (!any)
    throw new PtelabInputError('empty', path, 0, 'expected recordings, found an empty file');
}
