import process from 'node:process';

/** Shows how far the work is, on a terminal only; an empty text removes it. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
