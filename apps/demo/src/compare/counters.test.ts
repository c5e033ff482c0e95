import { makeEvents } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { counterRows } from './counters.ts';

it('leaves out what is zero on both, and takes the first from the second', () => {
  const { rows, zero } = counterRows([
    { ...makeEvents(), rawReads: 80, faults: 2 },
    { ...makeEvents(), rawReads: 3, faults: 2 },
  ]);
  expect(rows.map(({ name, values, difference }) => [name, values, difference])).toEqual([
    ['rawReads', [80, 3], -77],
    ['faults', [2, 2], 0],
  ]);
  expect(zero).toContain('xchg');
  expect(rows.length + zero.length).toBe(Object.keys(makeEvents()).length);
});
