import { expect, it } from 'vitest';
import { nonNegativeLeastSquares } from './nnls.ts';

it('finds the coefficients that made the data', () => {
  const rows = [
    [1, 0, 2],
    [1, 1, 0],
    [1, 3, 1],
    [1, 5, 7],
    [1, 2, 2],
  ];
  const truth = [1500, 40, 3];
  const right = rows.map((row) => row.reduce((sum, a, i) => sum + a * (truth[i] ?? 0), 0));
  const found = nonNegativeLeastSquares(rows, right);
  for (const [i, value] of truth.entries()) expect(found[i]).toBeCloseTo(value, 5);
});

it('a coefficient that would be negative is zero, and the others are the best without it', () => {
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ];
  const found = nonNegativeLeastSquares(rows, [3, 2, 1]);
  expect(found[0]).toBeCloseTo(2, 9);
  expect(found[1]).toBe(0);
});

it('a column of zeros and a second copy of a column get nothing', () => {
  const rows = [
    [1, 0, 1],
    [2, 0, 2],
  ];
  const [first = 0, second, third = 0] = nonNegativeLeastSquares(rows, [5, 10]);
  expect(first + third).toBeCloseTo(5, 9);
  expect(second).toBe(0);
});
