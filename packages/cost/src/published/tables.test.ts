import { describe, expect, it } from 'vitest';
import { findCostMachine } from '../machines/machines.ts';
import { PUBLISHED_TABLES } from './tables.ts';
import { UNMODELLED } from './unmodelled.ts';

const ROWS = PUBLISHED_TABLES.flatMap(({ rows }) => rows);

describe('published tables', () => {
  it('have a row and a table only once, of machines that exist', () => {
    for (const ids of [ROWS.map(({ id }) => id), PUBLISHED_TABLES.map(({ id }) => id)]) {
      expect(new Set(ids).size).toBe(ids.length);
    }
    for (const { machine } of ROWS) expect(findCostMachine(machine)).toBeDefined();
    for (const { source } of PUBLISHED_TABLES) expect(source).not.toBe('');
  });

  it('are divided as was written down before anything was fitted', () => {
    const fit = ROWS.filter(({ use }) => use === 'fit');
    expect(fit.filter(({ derived }) => derived !== true).map(({ id }) => id)).toEqual([
      'v5-T2-before',
      'v5-T3-before',
      'v5-T3-after',
      'toggle-6.16-4',
      'toggle-6.16-40',
      'toggle-6.16-400',
      'toggle-6.16-4000',
      'toggle-6.17-rc1-400',
      'single-path-v3',
      'nine-parent',
      'nine-child',
      'nine-commit',
      'nine-discovery',
      'nine-lookup',
      'exact-touch',
      'orders-4-KiB-r',
      'orders-4-KiB-rw',
      'orders-2-MiB-r',
      'orders-2-MiB-rw',
      'orders-2-MiB-alternating-rw',
    ]);
    expect(fit.filter(({ derived }) => derived === true).map(({ id }) => id)).toEqual([
      'v5-T3',
      'toggle-ratio-400',
      'toggle-break-even',
      'nine-commit-path',
      'nine-batch-discovery',
      'nine-folio-lookup',
    ]);
  });

  it('hold the figures of the messages', () => {
    const published = (id: string): number => ROWS.find((row) => row.id === id)!.published;
    expect(published('v5-T1')).toBeCloseTo(3.23, 2);
    expect(published('v5-T2')).toBeCloseTo(2.86, 2);
    expect(published('v5-T3')).toBeCloseTo(0.91, 2);
    expect(published('v1-T1')).toBeCloseTo(3.76, 2);
    expect(published('v1-T2')).toBeCloseTo(3.59, 2);
    expect(published('toggle-ratio-4000')).toBeCloseTo(2.346, 3);
    expect(published('exact-ratio')).toBeCloseTo(1.3977, 4);
    expect(published('skip-2m')).toBeCloseTo(1.658, 3);
  });

  it('say why a figure can’t be computed', () => {
    for (const { source, what, why } of UNMODELLED) {
      expect(source).not.toBe('');
      expect(what).not.toBe('');
      expect(why).not.toBe('');
    }
  });
});
