import { beforeAll, describe, expect, it } from 'vitest';
import { COST_MACHINES } from '../machines/machines.ts';
import { PUBLISHED_TABLES } from '../published/tables.ts';
import { OUTSIDE_REASONS } from './outside.ts';
import {
  unexplainedRows,
  validateTables,
  type ValidatedRow,
  type ValidatedTable,
} from './validate.ts';

let tables: readonly ValidatedTable[] = [];
let rows: readonly ValidatedRow[] = [];
const row = (id: string): ValidatedRow => rows.find((candidate) => candidate.id === id)!;
const near = (id: string, expected: number, digits = 2): void => {
  expect(row(id).predicted.likely, id).toBeCloseTo(expected, digits);
};

beforeAll(() => {
  tables = validateTables(PUBLISHED_TABLES, COST_MACHINES);
  rows = tables.flatMap((table) => table.rows);
});

describe('validation', () => {
  it('has a prediction for every row, and a reason for every one that is outside', () => {
    expect(rows).toHaveLength(PUBLISHED_TABLES.reduce((sum, table) => sum + table.rows.length, 0));
    expect(unexplainedRows(tables)).toEqual([]);
    const outside = rows.filter(({ use, inside }) => use === 'validation' && !inside);
    expect(outside.map(({ id }) => id).sort()).toEqual([...OUTSIDE_REASONS.keys()].sort());
  });

  it('predicts the ratios of the cover letter: published 3.23, 2.86 and 0.91', () => {
    near('v5-T1', 3.25);
    near('v5-T2', 3.05);
    near('v5-T3', 0.91);
    for (const id of ['v5-T1', 'v5-T2', 'v5-T1-before', 'v5-T1-after', 'v5-T2-after']) {
      expect(row(id)).toMatchObject({ use: 'validation', inside: true });
    }
  });

  it('predicts the slowdown of single pages on Zen 3: published 2.35', () => {
    near('toggle-ratio-4000', 2.35);
    near('toggle-break-even', 100, 0);
    for (const id of ['toggle-6.16-40000000', 'toggle-6.17-rc1-40', 'toggle-6.17-rc1-4000']) {
      expect(Math.abs(row(id).error)).toBeLessThan(0.02);
    }
  });

  it('takes the cost of single pages apart as it was measured: 43 %, nothing, 44 %', () => {
    near('nine-commit-path', 0.43);
    near('nine-batch-discovery', 0);
    near('nine-folio-lookup', 0.44);
    near('exact-ratio', 1.365, 3);
  });

  it('predicts what a flush less saves: published 0.35 us', () => {
    near('needs-flush-saved', 0.325, 3);
    expect(row('needs-flush-saved')).toMatchObject({ use: 'validation', inside: true });
  });

  it('has every fit row close', () => {
    for (const { id, use, error } of rows) {
      if (use === 'fit') expect(Math.abs(error), id).toBeLessThan(0.035);
    }
  });

  it('says honestly how sure it is: most published figures lie in the predicted range', () => {
    const validation = rows.filter(({ use }) => use === 'validation');
    const inRange = validation.filter((each) => each.inRange);
    expect(inRange.length / validation.length).toBeGreaterThan(0.68);
    for (const { predicted } of rows) {
      expect(predicted.low).toBeLessThanOrEqual(predicted.likely);
      expect(predicted.high).toBeGreaterThanOrEqual(predicted.likely);
    }
  });

  it('keeps to the machines it is asked for', () => {
    const some = validateTables(
      PUBLISHED_TABLES,
      COST_MACHINES.filter(({ id }) => id === 'ampereone'),
    );
    expect(some.map(({ id }) => id)).toEqual(['bbml2']);
  });
});
