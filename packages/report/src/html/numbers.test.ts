import { expect, it } from 'vitest';
import { groupDigits, rangeText, ratioText, timeText } from './numbers.ts';

it('groups digits of whole numbers only', () => {
  expect(['20480', '0', '256x16', '0..4095'].map(groupDigits)).toEqual([
    '20,480',
    '0',
    '256x16',
    '0..4095',
  ]);
});

it('writes ratios that are greater than one', () => {
  expect(ratioText(768, 20480)).toBe('÷ 26.7');
  expect(ratioText(30, 20)).toBe('× 1.5');
  expect([ratioText(5, 5), ratioText(0, 5), ratioText(5, 0)]).toEqual([null, null, null]);
});

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
});
