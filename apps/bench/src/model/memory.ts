import process from 'node:process';

declare const gc: (() => void) | undefined;

/**
 * Bytes on the heap and in array buffers that are in use.
 *
 * @throws Error without `--expose-gc`: garbage would count as use.
 */
export function bytesInUse(): number {
  if (typeof gc !== 'function') throw new Error('memory is measured under --expose-gc');
  // The second collects what finalisers of the first let go.
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
