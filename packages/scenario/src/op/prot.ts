import { VM_EXEC, VM_READ, VM_WRITE } from '@ptelab/pte';
import type { ProtLetters } from './operation.ts';

/** The protections that letters can spell. */
export const PROT_LETTERS: readonly ProtLetters[] = [
  'n',
  'none',
  'r',
  'w',
  'x',
  'rw',
  'rx',
  'wx',
  'rwx',
];

/** Letters of PROT or VM bits; `none` for none. The reverse of {@link protBits}. */
export function protLetters(bits: number): ProtLetters {
  const letters =
    ((bits & VM_READ) === 0 ? '' : 'r') +
    ((bits & VM_WRITE) === 0 ? '' : 'w') +
    ((bits & VM_EXEC) === 0 ? '' : 'x');
  return letters === '' ? 'none' : (letters as ProtLetters);
}

/** PROT bits of letters. */
export function protBits(letters: ProtLetters): number {
  return (
    (letters.includes('r') ? VM_READ : 0) |
    (letters.includes('w') ? VM_WRITE : 0) |
    (letters.includes('x') ? VM_EXEC : 0)
  );
}
