import { closeSync, openSync, readSync } from 'node:fs';
import { PtelabInputError } from '../input-error.ts';

const CHUNK_BYTES = 65_536;
/** A path has 4096 bytes at most, and /proc writes some of them as four. */
const LONGEST_LINE = 20_480;
const NEWLINE = 0x0a;

/** One line without its end. */
export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/**
 * Reads a text file line by line, however long it is.
 *
 * @throws PtelabInputError for a line longer than any that /proc writes.
 */
export function* readLines(path: string): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    let number = 0;
    for (let got = readSync(file, chunk); got > 0; got = readSync(file, chunk)) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1 && at < got;) {
        const part = chunk.subarray(from, at);
        number++;
        yield { text: checked(path, number, Buffer.concat([rest, part])), number };
        rest = Buffer.alloc(0);
        from = at + 1;
        at = chunk.indexOf(NEWLINE, from);
      }
      rest = Buffer.concat([rest, chunk.subarray(from, got)]);
      checked(path, number + 1, rest);
    }
    if (rest.length > 0) yield { text: checked(path, number + 1, rest), number: number + 1 };
  } finally {
    closeSync(file);
  }
}

function checked(path: string, number: number, line: Buffer): string {
  if (line.length <= LONGEST_LINE) return line.toString('utf8');
  const text = `expected lines of at most ${LONGEST_LINE} bytes, found a longer one`;
  throw new PtelabInputError('long-line', path, number, text);
}
