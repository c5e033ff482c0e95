import { expect, it } from 'vitest';
import { short, sizeText } from './numbers.ts';

it.each([
  [0, '0'],
  [0.00012345, '0.00012'],
  [0.01234, '0.012'],
  [0.5, '0.500'],
  [1.234, '1.23'],
  [12.345, '12.3'],
  [123.45, '123'],
  [123456, '123456'],
])('writes %d as %s', (value, text) => {
  expect(short(value)).toBe(text);
});

it.each([
  [1, '1 MiB'],
  [4096, '4 GiB'],
  [2 ** 20, '1 TiB'],
])('writes %i MiB as %s', (mib, text) => {
  expect(sizeText(mib)).toBe(text);
});
