import process from 'node:process';

/** Writes to standard output and waits until it is taken, so that an exit cuts nothing off. */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}

/** Writes one JSON document on a line of its own. */
export function writeJsonLine(value: unknown): Promise<void> {
  return write(`${JSON.stringify(value)}\n`);
}

/** Writes one JSON document on a line of its own, for callbacks that can't wait. */
export function writeSoon(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Says something about the work, not part of the result. */
export function note(text: string): void {
  process.stderr.write(`ptelab: ${text}\n`);
}

/** Shows how far the work is, on a terminal only; an empty text removes it. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Lets the program end quietly when whoever reads the output has gone (`ptelab … | head`). */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
