import process from 'node:process';

declare const gc: (() => void) | undefined;

/**
 * Collects garbage, so that nobody pays for what others left.
 *
 * @throws Error without `--expose-gc`.
 */
export function collectGarbage(): void {
  if (typeof gc !== 'function') throw new Error('expected --expose-gc');
  // The second collects what finalisers of the first let go.
  gc();
  gc();
}

/**
 * Bytes on the heap and in array buffers that are in use.
 *
 * @throws Error without `--expose-gc`: garbage would count as use.
 */
export function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
