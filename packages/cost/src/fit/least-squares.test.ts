import { describe, expect, it } from 'vitest';
import { leastSquares } from './least-squares.ts';

describe('least squares', () => {
  it('solves what has one solution', () => {
    const found = leastSquares(
      [
        { coefficients: [1e6, 2], value: 2e6 + 6, sigma: 10 },
        { coefficients: [1, 1], value: 5, sigma: 0.1 },
      ],
      2,
    );
    expect(found[0]).toBeCloseTo(2, 6);
    expect(found[1]).toBeCloseTo(3, 6);
  });

  it('weighs equations by how well they are known', () => {
    const [x] = leastSquares(
      [
        { coefficients: [1], value: 10, sigma: 1 },
        { coefficients: [1], value: 20, sigma: 3 },
      ],
      1,
    );
    expect(x).toBeCloseTo(11, 9);
  });

  it('keeps prices from being negative', () => {
    const found = leastSquares(
      [
        { coefficients: [1, 0], value: 4, sigma: 1 },
        { coefficients: [1, 1], value: 3.8, sigma: 1 },
      ],
      2,
    );
    expect(found).toEqual([3.9, 0]);
  });

  it('refuses too few equations', () => {
    expect(() => leastSquares([{ coefficients: [1, 1], value: 1, sigma: 1 }], 2)).toThrow(
      'the rows do not determine the parameters',
    );
  });
});
