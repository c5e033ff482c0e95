import { createReadStream } from 'node:fs';
import process from 'node:process';
import { createGunzip } from 'node:zlib';
import { PtelabInputError } from './input-error.ts';

const NEWLINE = 0x0a;

/** One line of a text, without its line feed. */
export interface TextLine {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** False for a last line that no line feed ends: whoever wrote it may have been cut off. */
  readonly ended: boolean;
}

/** What is wrong with an error from the file system or from decompression, in words. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The decompressed bytes of a file; files that don't end in .gz are read as they are. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = path === '-' ? process.stdin : createReadStream(path);
  const gzip = path.endsWith('.gz') ? createGunzip() : undefined;
  if (gzip !== undefined) file.on('error', (error: Error) => gzip.destroy(error)).pipe(gzip);
  try {
    for await (const chunk of gzip ?? file) yield chunk as Buffer;
  } catch (error) {
    const code = (error as { code?: unknown }).code === 'ENOENT' ? 'not-found' : 'unreadable';
    const what = code === 'not-found' ? 'no such file' : `can't be read: ${messageOf(error)}`;
    throw new PtelabInputError(code, path, 0, what);
  } finally {
    file.destroy();
  }
}

/**
 * The lines of a file, of a file ending in .gz decompressed, or of standard input for `-`. Memory is
 * bounded by the longest line.
 *
 * @param mostBytes - longest line that is read.
 * @throws PtelabInputError if the file is missing or damaged, or a line is too long.
 */
export async function* linesOf(path: string, mostBytes: number): AsyncGenerator<TextLine> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 1;
  const add = (part: Buffer): void => {
    parts.push(part);
    size += part.length;
    if (size > mostBytes) {
      const text = `expected lines of at most ${mostBytes} bytes, found a longer one`;
      throw new PtelabInputError('too-long', path, line, text);
    }
  };
  for await (const chunk of bytesOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      yield { text: Buffer.concat(parts).toString('utf8'), line, ended: true };
      parts = [];
      size = 0;
      line++;
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (size > 0) yield { text: Buffer.concat(parts).toString('utf8'), line, ended: false };
}
