import { expect, it } from 'vitest';
import { rangeText, timeText } from './times.ts';

it('writes times in the unit that fits', () => {
  expect([0, 0.5, 12.34, 1500, 2.5e6, 3e9].map(timeText)).toEqual([
    '0',
    '0.5 ns',
    '12.3 ns',
    '1.5 µs',
    '2.5 ms',
    '3 s',
  ]);
  expect(rangeText({ low: 900, likely: 1000, high: 1500 })).toBe('0.9 to 1.5 µs');
  expect(rangeText({ low: 0, likely: 0, high: 1500 })).toBe('0 to 1.5 µs');
  expect(rangeText({ low: 200, likely: 700, high: 1500 })).toBe('200 to 1,500 ns');
});
