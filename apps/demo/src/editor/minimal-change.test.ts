import { expect, it } from 'vitest';
import { minimalChange } from './minimal-change.ts';

it.each([
  ['abc', 'abc', null],
  ['', 'abc', { from: 0, to: 0, insert: 'abc' }],
  ['abcd', 'abxd', { from: 2, to: 3, insert: 'x' }],
  ['aa', 'aaa', { from: 2, to: 2, insert: 'a' }],
  ['aaa', 'a', { from: 1, to: 3, insert: '' }],
  ['prot: r }', 'prot: rw }', { from: 7, to: 7, insert: 'w' }],
])('%j becomes %j', (before, after, change) => {
  expect(minimalChange(before, after)).toEqual(change);
  if (change === null) return;
  expect(before.slice(0, change.from) + change.insert + before.slice(change.to)).toBe(after);
});
