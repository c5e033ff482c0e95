import { expect, it } from 'vitest';
import { PageContents } from './contents.ts';

it('a page full of zeroes is content 0, however it came about', () => {
  const contents = new PageContents();
  expect(contents.filled(0)).toBe(0);
  expect(contents.stored(0, 8, 0)).toBe(0);
  expect(contents.stored(contents.stored(0, 8, 5), 8, 0)).toBe(0);
});

it('pages with the same bytes have the same number, in whatever order they were stored', () => {
  const contents = new PageContents();
  const one = contents.stored(contents.stored(contents.filled(7), 0, 1), 16, 2);
  const other = contents.stored(contents.stored(contents.filled(7), 16, 2), 0, 1);
  expect(one).toBe(other);
  expect(contents.stored(one, 0, 7)).toBe(contents.stored(contents.filled(7), 16, 2));
});

it('another byte, place or filling is another content', () => {
  const contents = new PageContents();
  const numbers = [
    contents.filled(7),
    contents.filled(8),
    contents.stored(0, 0, 7),
    contents.stored(0, 1, 7),
    contents.stored(0, 0, 8),
    contents.stored(contents.filled(7), 0, 8),
  ];
  expect(new Set(numbers).size).toBe(numbers.length);
});
