import { expect, it } from 'vitest';
import {
  joinMigrationOffset,
  splitMigrationOffset,
  swapTypes,
  type NonPresentKind,
} from './non-present.ts';

const NUMBERS: readonly [3 | 4, Partial<Record<NonPresentKind, number>>][] = [
  [
    4,
    {
      hwpoison: 23,
      'migration-read': 24,
      'migration-read-exclusive': 25,
      'migration-write': 26,
      'device-private-write': 27,
      'device-private-read': 28,
      'device-exclusive-write': 29,
      'device-exclusive-read': 30,
      marker: 31,
    },
  ],
  [
    3,
    {
      hwpoison: 24,
      'migration-read': 25,
      'migration-read-exclusive': 26,
      'migration-write': 27,
      'device-private-write': 28,
      'device-private-read': 29,
      'device-exclusive': 30,
      marker: 31,
    },
  ],
];

it.each(NUMBERS)('with %i device types every kind has its number', (devices, numbers) => {
  const types = swapTypes(devices);
  for (const [kind, number] of Object.entries(numbers)) {
    expect(types.typeOf(kind as NonPresentKind)).toBe(number);
    expect(types.kindOf(number)).toBe(kind);
  }
});

it.each([
  [4, 23],
  [3, 24],
] as const)('with %i device types %i numbers are left for swap devices', (devices, max) => {
  const types = swapTypes(devices);
  expect(types.maxSwapfiles).toBe(max);
  for (let type = 0; type < max; type++) expect(types.kindOf(type)).toBe('swap');
  expect(types.kindOf(max)).toBe('hwpoison');
  expect(types.typeOf('swap')).toBe(0);
});

it('a kind that the kernel lacks has no number', () => {
  expect(() => swapTypes(4).typeOf('device-exclusive')).toThrow(RangeError);
  expect(() => swapTypes(3).typeOf('device-exclusive-read')).toThrow('device-exclusive-read');
});

it.each([
  [36, { pfn: 0x12340, young: true, dirty: false }, 2 ** 36 + 0x12340],
  [36, { pfn: 0x12340, young: false, dirty: true }, 2 ** 37 + 0x12340],
  [36, { pfn: 2 ** 36 - 1, young: true, dirty: true }, 2 ** 38 - 1],
  [40, { pfn: 2 ** 39, young: true, dirty: true }, 2 ** 41 + 2 ** 40 + 2 ** 39],
  [34, { pfn: 0, young: false, dirty: false }, 0],
])(
  'with %i frame bits a migration offset holds frame, accessed and dirty',
  (bits, parts, offset) => {
    expect(joinMigrationOffset(parts, bits)).toBe(offset);
    expect(splitMigrationOffset(offset, bits)).toEqual(parts);
  },
);
