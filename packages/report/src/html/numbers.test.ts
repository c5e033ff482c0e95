import { expect, it } from 'vitest';
import { groupDigits, ratioText } from './numbers.ts';

it('groups digits of whole numbers only', () => {
  expect(['20480', '0', '256x16', '0..4095'].map(groupDigits)).toEqual([
    '20,480',
    '0',
    '256x16',
    '0..4095',
  ]);
});

it('writes ratios that are greater than one', () => {
  expect(ratioText(768, 20480)).toBe('÷\u00a026.7');
  expect(ratioText(30, 20)).toBe('×\u00a01.5');
  expect([ratioText(5, 5), ratioText(0, 5), ratioText(5, 0)]).toEqual([null, null, null]);
});
