import { WorkloadRunner } from '../fit/forms.ts';
import type { Interval } from '../interval.ts';
import type { CostMachine } from '../machine.ts';
import type { PublishedRow, PublishedTable } from '../published/row.ts';
import { OUTSIDE_REASONS } from './outside.ts';
import { predictRatio } from '../fit/predict-ratio.ts';

/** How far a prediction may be off, relative to the published figure. */
export const TOLERANCE = 0.15;

/** A published figure beside what the model predicts. */
export interface ValidatedRow {
  readonly id: string;
  readonly machine: string;
  readonly what: string;
  readonly use: PublishedRow['use'];
  /** Follows from other fit rows. */
  readonly derived: boolean;
  readonly unit: PublishedRow['unit'];
  readonly published: number;
  readonly predicted: Interval;
  /** Relative: 0.1 is 10 % more than published; of a figure near 0, in the figure's own unit. */
  readonly error: number;
  /** The error is within the tolerance. */
  readonly inside: boolean;
  /** The published figure, give or take its rounding, lies in the predicted range. */
  readonly inRange: boolean;
  readonly caveat: string;
  /** Why the row is outside, or an empty string. */
  readonly reason: string;
}

/** A table of published figures beside what the model predicts. */
export interface ValidatedTable {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly rows: readonly ValidatedRow[];
}

/** Shares this small are compared by difference. */
const NEAR_ZERO = 0.01;

function validateRow(
  row: PublishedRow,
  machine: CostMachine,
  runner: WorkloadRunner,
): ValidatedRow {
  const predicted = predictRatio(runner.forms(row), machine);
  const { published, plusMinus } = row;
  const difference = predicted.likely - published;
  const error = Math.abs(published) < NEAR_ZERO ? difference : difference / published;
  const inside = Math.abs(error) <= TOLERANCE;
  return {
    id: row.id,
    machine: row.machine,
    what: row.what,
    use: row.use,
    derived: row.derived === true,
    unit: row.unit,
    published,
    predicted,
    error,
    inside,
    inRange: published + plusMinus >= predicted.low && published - plusMinus <= predicted.high,
    caveat: row.caveat ?? '',
    reason: inside ? '' : (OUTSIDE_REASONS.get(row.id) ?? ''),
  };
}

/**
 * Compares published tables with what the machines predict. Rows of machines that are not given are
 * left out, and tables without a row with them.
 */
export function validateTables(
  tables: readonly PublishedTable[],
  machines: readonly CostMachine[],
): ValidatedTable[] {
  const runners = new Map(
    machines.map((machine) => [machine.id, { machine, runner: new WorkloadRunner(machine) }]),
  );
  return tables.flatMap(({ id, title, source, rows }) => {
    const validated = rows.flatMap((row) => {
      const on = runners.get(row.machine);
      return on === undefined ? [] : [validateRow(row, on.machine, on.runner)];
    });
    return validated.length === 0 ? [] : [{ id, title, source, rows: validated }];
  });
}

/** Validation rows that are outside without a reason: what makes a validation fail. */
export function unexplainedRows(tables: readonly ValidatedTable[]): ValidatedRow[] {
  return tables
    .flatMap(({ rows }) => rows)
    .filter(({ use, inside, reason }) => use === 'validation' && !inside && reason === '');
}
