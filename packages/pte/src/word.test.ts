import { expect, it } from 'vitest';
import { wordAt } from './word.ts';

it('wordAt reads a word in signed form', () => {
  expect(wordAt(Int32Array.of(7, -1), 1)).toBe(-1);
});
