import { expect, it } from 'vitest';
import { samplesOutside, summarise } from './statistics.ts';

it('takes the middle of an odd number, and the mean of both middles of an even one', () => {
  expect(summarise([5, 1, 3]).median).toBe(3);
  expect(summarise([4, 1, 2, 3]).median).toBe(2.5);
});

it('keeps all that was seen of few measurements', () => {
  expect(summarise([4])).toEqual({ median: 4, low: 4, high: 4, best: 4, samples: 1 });
  expect(summarise([9, 1, 5, 3, 7])).toMatchObject({ low: 1, high: 9, best: 1 });
});

// The usual table of ranks for the sign test at 5 %: for nine measurements the second and the eighth.
it.each([
  [5, 0],
  [6, 1],
  [8, 1],
  [9, 2],
  [12, 3],
  [15, 4],
  [25, 8],
  [41, 14],
])('of %i measurements, the interval begins at rank %i', (samples, rank) => {
  expect(samplesOutside(samples)).toBe(rank);
});

it('is not moved by one bad measurement', () => {
  const summary = summarise([10, 11, 10, 12, 11, 10, 11, 12, 5000]);
  expect(summary).toEqual({ median: 11, low: 10, high: 12, best: 10, samples: 9 });
});

it('refuses to summarise nothing', () => {
  expect(() => summarise([])).toThrow('nothing was measured');
});
