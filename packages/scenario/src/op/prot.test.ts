import { expect, it } from 'vitest';
import { PROT_LETTERS, protBits, protLetters } from './prot.ts';

it('letters and bits are two ways to say the same', () => {
  for (const letters of PROT_LETTERS) {
    expect(protLetters(protBits(letters))).toBe(letters === 'n' ? 'none' : letters);
  }
});
