import { describe, expect, it } from 'vitest';
import type { CostMachine } from '../machine.ts';
import { COST_MACHINES } from '../machines/machines.ts';
import { PARAMETER_NAMES } from '../parameter.ts';
import type { PublishedRow } from '../published/row.ts';
import { PUBLISHED_TABLES } from '../published/tables.ts';
import { fitMachine, type FittedValue } from './fit-machine.ts';

const ROWS = PUBLISHED_TABLES.flatMap(({ rows }) => rows);

/** The fitted parameters as the machine's file has them. */
function stored({ parameters }: CostMachine): FittedValue[] {
  return PARAMETER_NAMES.flatMap((name) => {
    const parameter = parameters[name];
    if (parameter?.kind !== 'fitted') return [];
    const { value, low, high } = parameter;
    return [{ name, value, low, high }];
  });
}

/** Half a unit of the last digit that a file has, and a little for a figure that lies on the half. */
const FOUR_DIGITS = 5.1e-4;
const THREE_DIGITS = 5.1e-3;
const same = (found: number, stored: number, digits: number): boolean =>
  Math.abs(found - stored) <= digits * Math.abs(stored);

const changed = (row: PublishedRow): PublishedRow => ({
  ...row,
  published: row.published * 3,
  plusMinus: 0,
});

describe('fitted parameters', () => {
  it('are what the fit rows give', () => {
    for (const machine of COST_MACHINES) {
      const found = fitMachine(machine, ROWS);
      const held = stored(machine);
      expect(found.map(({ name }) => name)).toEqual(held.map(({ name }) => name));
      for (const [i, { name, value, low, high }] of found.entries()) {
        const what = `${machine.id} ${name}: ${String(value)}, ${String(low)}, ${String(high)}`;
        expect(same(value, held[i]!.value, FOUR_DIGITS), what).toBe(true);
        expect(same(low, held[i]!.low, THREE_DIGITS), what).toBe(true);
        expect(same(high, held[i]!.high, THREE_DIGITS), what).toBe(true);
      }
    }
  });

  it('depend on no validation row and on no row that others imply', () => {
    const others = ROWS.map((row) =>
      row.use === 'validation' || row.derived === true ? changed(row) : row,
    );
    const without = ROWS.filter((row) => row.use === 'fit' && row.derived !== true);
    for (const machine of COST_MACHINES) {
      const found = fitMachine(machine, ROWS);
      expect(fitMachine(machine, others)).toEqual(found);
      expect(fitMachine(machine, without)).toEqual(found);
    }
  });

  it('depend on every fit row', () => {
    for (const machine of COST_MACHINES) {
      const found = fitMachine(machine, ROWS);
      for (const row of ROWS) {
        if (row.machine !== machine.id || row.use !== 'fit' || row.derived === true) continue;
        const moved = ROWS.map((other) =>
          other === row ? { ...row, published: row.published * 1.01 } : other,
        );
        expect(fitMachine(machine, moved), row.id).not.toEqual(found);
      }
    }
  });

  it('do not depend on what the machine has for them', () => {
    for (const machine of COST_MACHINES) {
      const parameters = Object.fromEntries(
        Object.entries(machine.parameters).map(([name, parameter]) => [
          name,
          parameter.kind === 'fitted' || parameter.kind === 'tied'
            ? { ...parameter, value: 1, low: 0, high: 2 }
            : parameter,
        ]),
      );
      expect(fitMachine({ ...machine, parameters }, ROWS)).toEqual(fitMachine(machine, ROWS));
    }
  });

  it('are at most as many as the rows that decide them', () => {
    for (const machine of COST_MACHINES) {
      const rows = ROWS.filter(
        (row) => row.machine === machine.id && row.use === 'fit' && row.derived !== true,
      );
      expect(fitMachine(machine, ROWS).length).toBeLessThanOrEqual(rows.length);
    }
  });
});
