import { expect, it } from 'vitest';
import { problemPlace, problemWords, shortProblemWords } from './problem-place.ts';

const TEXT = 'name: a\nsteps:\n  - mprotect: { at: 0, page: 4 } # why\n  - "zram"\n';

function underlined(line: number, column: number): string | null {
  const place = problemPlace(TEXT, { message: '', line, column });
  return place === null ? null : TEXT.slice(place.from, place.to);
}

it.each([
  ['a word', 3, 24, 'page'],
  ['a number', 3, 30, '4'],
  ['a bracket, to the end of the line without its comment', 3, 15, '{ at: 0, page: 4 }'],
  ['quotes', 4, 5, '"zram"'],
  ['the end of a line: what is before it', 2, 7, ':'],
  ['beyond the end of a line', 2, 70, ':'],
  ['the line after the last', 5, 1, ''],
  ['no place', 0, 0, null],
])('underlines %s', (_, line, column, expected) => {
  expect(underlined(line, column)).toBe(expected);
});

it('says the line, if there is one', () => {
  expect(problemWords({ message: 'expected a name', line: 2, column: 1 })).toBe(
    'Line 2: expected a name',
  );
  expect(problemWords({ message: 'too much', line: 0, column: 0 })).toBe('too much');
});

it('names few of many choices where room is scarce', () => {
  const choices = Array.from({ length: 40 }, (_, i) => `op${i}`).join(', ');
  const words = (message: string): string => shortProblemWords({ message, line: 0, column: 0 });
  expect(words(`expected a step (${choices}), found "a"`)).toBe(
    'expected a step (op0, op1, op2, op3, op4, op5, op6, op7, op8, op9, op10, op11, …), found "a"',
  );
  expect(words('expected a mode (1, 4), found 2')).toBe('expected a mode (1, 4), found 2');
});
