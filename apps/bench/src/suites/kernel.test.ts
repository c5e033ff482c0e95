import { expect, it } from 'vitest';
import { Lacking } from '../bench-error.ts';
import { chooseMib } from './kernel.ts';

it.each([
  [null, 8192, 1024],
  [null, 1280, 1024],
  [null, 1279, 512],
  [null, 80, 64],
  [2048, 8192, 2048],
  [3, 8192, 3],
])('of %j MiB with %i free, takes %i', (asked, free, mib) => {
  expect(chooseMib(asked, free)).toBe(mib);
});

it.each([
  [null, 79],
  [2048, 2048],
])('can not measure %j MiB with %i free', (asked, free) => {
  expect(() => chooseMib(asked, free)).toThrow(Lacking);
});
