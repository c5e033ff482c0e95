import { VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import type { ProcessSpace } from './process-space.ts';
import { holesOf } from './unknown-memory.ts';

/** Protection as people write it: `none`, `r`, `rw`, `rx` ... */
export function protectionName(prot: number): string {
  const letters =
    ((prot & VM_READ) === 0 ? '' : 'r') +
    ((prot & VM_WRITE) === 0 ? '' : 'w') +
    ((prot & VM_EXEC) === 0 ? '' : 'x');
  return letters === '' ? 'none' : letters;
}

/** The protections that pages [start, end) have, each once; `unknown` where nothing is known to be. */
export function protectionsOf(space: ProcessSpace, start: number, end: number): string {
  const names = new Set(
    space.mm.vmas.overlapping(start, end).map(({ flags }) => protectionName(flags)),
  );
  if (holesOf(space, start, end).length > 0) names.add('unknown');
  return [...names].sort().join(',');
}

/** Smallest power of two that is not below `bytes`. */
export function powerAbove(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}
