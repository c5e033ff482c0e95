import { expect, it } from 'vitest';
import { countedLengths, pageRange } from './numbers.ts';

it.each([
  [[], ''],
  [[5, 16, 16, 16, 8], '5 3x16 8'],
  [[1, 2, 3, 4, 4], '1 2 3 ...'],
])('countedLengths %j', (lengths, text) => {
  expect(countedLengths(lengths, 3)).toBe(text);
});

it('writes one page without an end', () => {
  expect([pageRange(7, 1), pageRange(0, 16)]).toEqual(['7', '0..15']);
});
