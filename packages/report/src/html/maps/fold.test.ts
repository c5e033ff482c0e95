import { expect, it } from 'vitest';
import { foldRows, type Folded } from './fold.ts';

/** `3x(ab)`: a and b, three times. */
function text(folded: readonly Folded[], keys: readonly string[]): string {
  return folded
    .map((part) =>
      part.kind === 'row' ? (keys[part.index] ?? '') : ` ${part.times}x(${text(part.body, keys)}) `,
    )
    .join('')
    .trim();
}

const fold = (letters: string): string => text(foldRows(Array.from(letters)), Array.from(letters));

it.each([
  ['', ''],
  ['a', 'a'],
  ['aa', 'aa'],
  ['aaa', '3x(a)'],
  ['abab', '2x(ab)'],
  ['abcabcabcd', '3x(abc) d'],
  ['xabab', 'x 2x(ab)'],
  ['smmmmesmmmme', '2x(s 4x(m) e)'],
  ['abcde', 'abcde'],
])('folds %j into %j', (letters, expected) => {
  expect(fold(letters)).toBe(expected);
});

it('folds a million rows that are alike, and a long pattern of page tables', () => {
  expect(foldRows(Array<string>(1_000_000).fill('a'))).toHaveLength(1);
  const table = ['s', ...Array<string>(1022).fill('m'), 'e'];
  const tables = Array.from({ length: 64 }, () => table).flat();
  expect(text(foldRows(tables), tables)).toBe('64x(s 1022x(m) e)');
});
