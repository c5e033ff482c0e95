import { findCostMachine, type ValidatedRow, type ValidatedTable } from '@ptelab/cost';
import { describe, expect, it } from 'vitest';
import { renderBreakEven, renderMachine, renderMachines, renderValidation } from '../src/index.ts';
import { at, BREAK_EVEN } from './break-even.fixture.ts';

const M3 = findCostMachine('apple-m3')!;
const ROW: ValidatedRow = {
  id: 'a',
  machine: 'apple-m3',
  what: 'one',
  use: 'validation',
  derived: false,
  unit: 'ns',
  published: 10,
  predicted: at(11),
  error: 0.1,
  inside: true,
  inRange: true,
  caveat: 'rounded',
  reason: '',
};
const TABLE: ValidatedTable = {
  id: 't',
  title: 'Times',
  source: 'Somebody, 2025',
  rows: [
    ROW,
    { ...ROW, what: 'two', predicted: at(20), error: 1, inside: false, reason: 'noise' },
    { ...ROW, what: 'three', inRange: false, unit: '1', published: -0.0024, caveat: '' },
    { ...ROW, what: 'four', use: 'fit', published: 12345 },
    { ...ROW, what: 'five', use: 'fit', derived: true },
  ],
};

describe('costs', () => {
  it('lists machines and how much of them was measured', () => {
    expect(renderMachines([M3])).toMatch(
      /^Machines with prices\n\nmachine +arch +GHz +fitted +measured +tied +estimates\napple-m3 .* arm64 +4.05 +3 +0 +2 +13\n$/,
    );
  });

  it('says of every price where it comes from and what it is of', () => {
    const text = renderMachine(M3);
    expect(text).toMatch(/^turn +16\.4 +7\.17 \.\. 22\.5 +fitted +cover letter v5: T3 before$/m);
    expect(text).toMatch(/^lookup .* tied +1\.03 x batchCommit: proportion of the nine points/m);
    expect(text).toContain('\nxchg: one atomic swap of an entry\n');
    expect(text).not.toContain('flushAll');
    expect(renderMachine(M3, { format: 'markdown' })).toContain('| xchg | 3.00 | 2.00 .. 4.00 |');
  });

  it('shows published beside predicted, and what is outside and why', () => {
    const text = renderValidation(
      [TABLE],
      [{ source: 'Nobody', what: 'a figure', why: 'no machine' }],
      { width: 100 },
    );
    expect(text).toBe(`Published figures and what the model predicts

3 validation rows: 2 within 15 % of the published figure, 1 outside; 2 of the published figures lie
in the predicted range. Prices are fitted to 1 other rows and to nothing else.

apple-m3: Times

Somebody, 2025.

       published  predicted         range     error
one      10.0 ns       11.0  10.0 .. 12.0   +10.0 %  inside
two      10.0 ns       20.0  19.0 .. 21.0  +100.0 %  outside
three     -0.002       11.0  10.0 .. 12.0   +10.0 %  inside, not in range
four    12345 ns       11.0  10.0 .. 12.0   +10.0 %  fit
five     10.0 ns       11.0  10.0 .. 12.0   +10.0 %  follows from fit

Note (one; two; four; five): rounded.

Outside (two): noise.

Published, and not computed

Nobody: a figure: no machine
`);
  });

  it('names machines where a table has several, and at most four rows in a remark', () => {
    const rows = [1, 2, 3, 4, 5].map((n) => ({ ...ROW, what: `row ${String(n)}` }));
    const other = { ...ROW, machine: 'zen3', caveat: '' };
    const text = renderValidation([{ ...TABLE, rows: [...rows, other] }], []);
    expect(text).toContain('\nTimes\n');
    expect(text).toMatch(/^zen3 +one +10\.0 ns/m);
    expect(text).toContain('Note (row 1; row 2; row 3; row 4; 1 more): rounded.');
  });

  it('tabulates break-even points', () => {
    const text = renderBreakEven(BREAK_EVEN);
    expect(text).toMatch(/^ +9 +2 MiB +4\.00$/m);
    expect(text).toContain(
      'merged is cheaper than per-pte from order 2 (16 KiB) on; whatever the prices are within their ranges, from no order on',
    );
    expect(text).toMatch(/^shared anonymous +anywhere in memory +40\.0 +80\.0$/m);
    expect(text).toMatch(/^private anonymous +3 +32 KiB +7\.00 +18\.0 +28 +20 \.\. 40$/m);
    expect(text).toMatch(/^private anonymous +4 +64 KiB +7\.00 +0\.00 +always$/m);
  });
});
