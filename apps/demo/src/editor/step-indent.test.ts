import { expect, it } from 'vitest';
import { indentAfter } from './step-indent.ts';

it.each([
  ['  - mprotect: { at: 0, pages: 4, prot: r }', 2],
  ['- zram', 0],
  ['      - changed: 13', 6],
  ['  - mprotect:', null],
  ['  - mmap: {', null],
  ['  - mmap: { at: 0,', null],
  ['    expect: { faults: 0 }', null],
  ['steps:', null],
])('after %j', (line, expected) => {
  expect(indentAfter(line)).toBe(expected);
});
