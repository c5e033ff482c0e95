import { expect, it } from 'vitest';
import { freePlace } from './label-place.ts';

/*
 *  0                                100
 *  |  (left above)    (right above)  |
 * -+---------------------------------+- y = 50
 *  |  (left below)    (right below)  |
 */
const area = { left: 0, right: 200 };

it.each([
  [[], 'left', 'above'],
  [[[0, 40, 200, 100]], 'right', 'above'],
  [[[0, 40, 200, 40]], 'left', 'below'],
  [
    [
      [0, 40, 200, 40],
      [0, 60, 100, 200],
    ],
    'right',
    'below',
  ],
] as const)('keeps a name out of the way of %j', (lines, end, side) => {
  const paths = lines.map(([x, y, toX, toY]) => [[x, y] as const, [toX, toY] as const]);
  expect(freePlace('name', 50, area, paths)).toEqual({ end, side });
});
