import { PtelabInputError } from '../input-error.ts';
import { linesOf, messageOf } from '../text-lines.ts';
import type { Recording } from './types.ts';
import { validateLine } from './validate.ts';

/** Longest line that is read, in bytes: the largest recording so far has 4 MiB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

function parseLine(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PtelabInputError('json', path, line, `expected a JSON object: ${messageOf(error)}`);
  }
}

/**
 * Reads the recordings of a file one by one.
 *
 * @throws PtelabInputError if the file is missing, truncated, not JSON lines or not of schema 1.
 */
export async function* readRecordings(path: string): AsyncGenerator<Recording> {
  let any = false;
  for await (const { text, line } of linesOf(path, MAX_LINE_BYTES)) {
    if (text.trim() === '') continue;
    any = true;
    const value = validateLine(parseLine(text, path, line), path, line);
    if (!('t' in value)) yield value;
  }
  if (!any)
    throw new PtelabInputError('empty', path, 0, 'expected recordings, found an empty file');
}
