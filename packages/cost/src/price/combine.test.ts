import { expect, it } from 'vitest';
import { rangeAround } from './combine.ts';

it.each([
  [[], 10, 10],
  [[[7, 13]], 7, 13],
  [[[13, 7]], 7, 13], // which end is which does not matter
  [
    [
      [7, 13],
      [6, 14],
    ],
    5,
    15,
  ], // 3 and 4 make 5
  [[[11, 12]], 10, 12], // nothing to the other side
])('independent ends %j around 10 make a range', (ends, low, high) => {
  expect(rangeAround(10, ends)).toEqual({ low, likely: 10, high });
});
