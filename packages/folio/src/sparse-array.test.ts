import { describe, expect, it } from 'vitest';
import { SparseArray } from './sparse-array.ts';

describe('sparse array', () => {
  it('holds elements far apart, also beyond 2^31', () => {
    const array = new SparseArray<string>();
    for (const index of [0, 1023, 1024, 2 ** 40 + 5]) array.set(index, `at ${index}`);
    expect([0, 1023, 1024, 2 ** 40 + 5, 1, 2 ** 40, 5000].map((index) => array.get(index))).toEqual(
      ['at 0', 'at 1023', 'at 1024', `at ${2 ** 40 + 5}`, undefined, undefined, undefined],
    );
  });

  it('lists what is there, and forgets what is taken away', () => {
    const array = new SparseArray<number>();
    array.set(7, 70);
    array.set(5, 50);
    array.set(9000, 90);
    array.set(7, undefined);
    array.set(12_345, undefined);
    expect([...array.values()]).toEqual([50, 90]);
    array.clear();
    expect([[...array.values()], array.get(5)]).toEqual([[], undefined]);
  });

  it('elements may be replaced while they are listed', () => {
    const array = new SparseArray<number>();
    for (let index = 0; index < 3; index++) array.set(index, index);
    const seen: number[] = [];
    for (const value of array.values()) {
      seen.push(value);
      array.set(value, value);
    }
    expect(seen).toEqual([0, 1, 2]);
  });
});
