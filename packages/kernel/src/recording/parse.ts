import { PtelabInputError } from '../input-error.ts';
import type { Recording } from './types.ts';
import { validateLine } from './validate.ts';

function parseLine(text: string, source: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PtelabInputError('json', source, line, `expected a JSON object: ${why}`);
  }
}

/**
 * The recording on one line of a file; null for the line that describes the boot, and for an empty one.
 *
 * @param source - what to call the file in complaints.
 * @param line - 1-based.
 * @throws PtelabInputError if the line is not JSON or not of schema 1.
 */
export function recordingOfLine(text: string, source: string, line: number): Recording | null {
  if (text.trim() === '') return null;
  const value = validateLine(parseLine(text, source, line), source, line);
  return 't' in value ? null : value;
}
