import { protLetters } from '@ptelab/scenario';
import type { ProcessSpace } from './process-space.ts';
import { holesOf } from './unknown-memory.ts';

/** The protections that pages [start, end) have, each once; `unknown` where nothing is known to be. */
export function protectionsOf(space: ProcessSpace, start: number, end: number): string {
  const names = new Set<string>(
    space.mm.vmas.overlapping(start, end).map(({ flags }) => protLetters(flags)),
  );
  if (holesOf(space, start, end).length > 0) names.add('unknown');
  return [...names].sort().join(',');
}

/** Smallest power of two that is not below `bytes`. */
export function powerAbove(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}
