import { expect, it } from 'vitest';
import { spread, textWidth, wrapText } from './text-size.ts';

it('moves places apart, in their order and within their room', () => {
  expect(spread([50, 52, 10], 10, 0, 100)).toEqual([50, 60, 10]);
  expect(spread([98, 99, 100], 10, 0, 100)).toEqual([80, 90, 100]);
  expect(spread([1, 0], 10, 0, 100)).toEqual([10, 0]);
  expect(spread([], 10, 0, 100)).toEqual([]);
});

it('gives wide letters more room than narrow ones', () => {
  expect(textWidth('mmmm')).toBeGreaterThan(textWidth('iiii'));
  expect(textWidth('')).toBe(0);
});

it('breaks text where it is too wide', () => {
  expect(wrapText('one two  three', textWidth('one two'))).toEqual(['one two', 'three']);
  expect(wrapText('incomprehensibilities', 10)).toEqual(['incomprehensibilities']);
});
