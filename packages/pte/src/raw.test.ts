import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinRaw, parseRawHex, rawHex, splitRaw } from './raw.ts';

const SEED = 20250718;
const rawEntry = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

it('splitRaw and joinRaw lose no bit', () => {
  fc.assert(
    fc.property(rawEntry, (raw) => {
      const { pfn, bits } = splitRaw(raw);
      expect(joinRaw({ pfn, bits })).toBe(raw);
      expect(pfn | 0).toBe(pfn);
      expect(bits | 0).toBe(bits);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

it('rawHex and parseRawHex are inverse', () => {
  fc.assert(
    fc.property(rawEntry, (raw) => {
      expect(parseRawHex(rawHex(splitRaw(raw)))).toEqual(splitRaw(raw));
    }),
    { seed: SEED },
  );
});

it.each([
  [0n, { pfn: 0, bits: 0 }],
  [1n, { pfn: 0, bits: 1 }],
  [0xfffn, { pfn: 0, bits: 0xfff }],
  [0x1000n, { pfn: 1, bits: 0 }],
  [1n << 43n, { pfn: -(2 ** 31), bits: 0 }],
  [0xffffffffn << 12n, { pfn: -1, bits: 0 }],
  [1n << 44n, { pfn: 0, bits: 0x1000 }],
  [1n << 63n, { pfn: 0, bits: -(2 ** 31) }],
  [2n ** 64n - 1n, { pfn: -1, bits: -1 }],
])('raw 0x%x splits at bits 12 and 44 into signed words', (raw, words) => {
  expect(splitRaw(raw)).toEqual(words);
  expect(joinRaw(words)).toBe(raw);
});

it('rawHex writes sixteen digits', () => {
  expect(rawHex({ pfn: 0, bits: 0 })).toBe('0x0000000000000000');
  expect(rawHex({ pfn: -1, bits: -1 })).toBe('0xffffffffffffffff');
});

it('parseRawHex takes either case, with or without 0x', () => {
  expect(parseRawHex('00E8000012340F43')).toEqual(parseRawHex('0xe8000012340f43'));
});

it.each(['', '0x', '0x1_0', 'g', '-1', '0x11111111111111111', ' 1'])(
  'parseRawHex refuses %j',
  (text) => {
    expect(() => parseRawHex(text)).toThrow(RangeError);
  },
);
