import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { PtelabInputError } from '../input-error.ts';
import type { Recording } from './types.ts';
import { validateLine } from './validate.ts';

/** Longest line that is read, in bytes: the largest recording so far has 4 MiB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The decompressed bytes of a file; files that don't end in .gz are read as they are. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gzip = path.endsWith('.gz') ? createGunzip() : undefined;
  if (gzip !== undefined) file.on('error', (error) => gzip.destroy(error)).pipe(gzip);
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

/** The lines of a file with their numbers, 1-based. Memory is bounded by the longest line. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; line: number }> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 1;
  for await (const chunk of bytesOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end));
      yield { text: Buffer.concat(parts).toString('utf8'), line };
      parts = [];
      size = 0;
      line++;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) {
      throw new PtelabInputError(
        'too-long',
        path,
        line,
        `line is longer than ${MAX_LINE_BYTES} bytes`,
      );
    }
  }
  if (size > 0) yield { text: Buffer.concat(parts).toString('utf8'), line };
}

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
  for await (const { text, line } of linesOf(path)) {
    if (text.trim() === '') continue;
    any = true;
    const value = validateLine(parseLine(text, path, line), path, line);
    if (!('t' in value)) yield value;
  }
  if (!any)
    throw new PtelabInputError('empty', path, 0, 'expected recordings, found an empty file');
}
