import { describe, expect, it } from 'vitest';
import type { PlotAxis } from './plot.ts';
import { makeScale, plotNumber, roundedNumber } from './scale.ts';

const labels = (axis: Omit<PlotAxis, 'title'>, values: readonly number[]): string[] =>
  makeScale({ title: 't', ...axis }, values, 0, 300).ticks.map(({ label }) => label);

describe('makeScale', () => {
  it('writes round numbers, powers, or what it is told', () => {
    expect(labels({}, [0, 9.3])).toEqual(['0', '2', '4', '6', '8', '10']);
    expect(labels({ scale: 'log' }, [3, 400])).toEqual(['10', '100']);
    expect(labels({ scale: 'log' }, [1, 1e9])).toEqual(['1', '1,000', '1M', '1G']);
    expect(labels({ scale: 'log' }, [2, 30])).toEqual(['5', '10', '50']);
    expect(labels({ scale: 'log', base: 2 }, [1, 512])).toEqual(['1', '8', '64', '512']);
    expect(labels({ ticks: [{ value: 4, label: 'four' }] }, [0, 9])).toEqual(['four']);
  });

  it('has room for a single value', () => {
    for (const axis of [{ title: 't' }, { title: 't', scale: 'log' }] as const) {
      const { low, high, at } = makeScale(axis, [5], 0, 100);
      expect(low).toBeLessThan(5);
      expect(high).toBeGreaterThanOrEqual(5);
      expect(at(5)).toBeGreaterThan(0);
    }
    expect(makeScale({ title: 't' }, [0], 0, 100)).toMatchObject({ low: 0, high: 1 });
  });

  it('reaches as far as it is told', () => {
    expect(makeScale({ title: 't', domain: [-10, 20] }, [5], 0, 90).at(20)).toBe(90);
  });

  it('refuses what it has no place for', () => {
    const log: PlotAxis = { title: 'time (ns)', scale: 'log' };
    expect(() => makeScale(log, [1, 0], 0, 9)).toThrow(
      'time (ns): values must be positive and finite on a logarithmic axis, found 0',
    );
    expect(() => makeScale({ title: 't' }, [NaN], 0, 9)).toThrow('finite, found NaN');
    expect(() => makeScale({ title: 't' }, [], 0, 9)).toThrow('a plot must have values');
  });
});

it('writes numbers for people', () => {
  expect([0.25, 1200, 99_999, 1_500_000].map(plotNumber)).toEqual([
    '0.25',
    '1,200',
    '99,999',
    '1.5M',
  ]);
  expect([0.12345, 3.2299, 12.34, 1234.5, 1_234_567].map(roundedNumber)).toEqual([
    '0.123',
    '3.23',
    '12.3',
    '1,235',
    '1.23M',
  ]);
});
