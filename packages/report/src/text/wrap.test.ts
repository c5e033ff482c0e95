import { expect, it } from 'vitest';
import { wrap } from './wrap.ts';

it.each([
  ['', []],
  ['one two  three', ['one two', 'three']],
  ['a incomprehensibilities b', ['a', 'incomprehensibilities', 'b']],
])('wraps %j', (text, lines) => {
  expect(wrap(text, 7)).toEqual(lines);
});
