import { expect, it } from 'vitest';
import { joinRaw } from './raw.ts';
import { bitMask, wordAt } from './word.ts';

it('bitMask gives the place of every raw bit of the bits word', () => {
  for (let n = 0; n < 64; n++) {
    if (n >= 12 && n < 44) continue;
    expect(joinRaw({ pfn: 0, bits: bitMask(n) })).toBe(1n << BigInt(n));
  }
});

it.each([-1, 12, 43, 64])('bitMask refuses raw bit %i', (n) => {
  expect(() => bitMask(n)).toThrow(`raw bit ${n} is not part of the bits word`);
});

it('wordAt reads a word in signed form', () => {
  expect(wordAt(Int32Array.of(7, -1), 1)).toBe(-1);
});
