import type { StepCost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { baselines, baselineText } from '../compare/baseline.ts';
import { stepRows } from '../compare/step-table.ts';
import { Scroll } from './heading.tsx';
import { rangeText, timeText } from '../text/times.ts';
import { groupDigits, ratioText } from './numbers.ts';

/** What the cells of a row show. */
interface SummaryCell {
  readonly text: string;
  /** Length of the bar and what a ratio is made of, or null. */
  readonly value: number | null;
  /** Second line. */
  readonly note?: string;
}

interface SummaryRow {
  readonly name: string;
  readonly cells: readonly SummaryCell[];
}

function costRow(costs: readonly (StepCost | null)[]): SummaryRow {
  return {
    name: 'predicted time',
    cells: costs.map((step) =>
      step === null
        ? { text: '-', value: null }
        : {
            text: timeText(step.cost.total.likely),
            value: step.cost.total.likely,
            note: `(${rangeText(step.cost.total)})`,
          },
    ),
  };
}

function numberOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** The bar of a number: whole width is the largest of the row. */
function Bar({ share }: { readonly share: number }): JSX.Element {
  return (
    <svg class="bar" width="100%" height="5" aria-hidden="true">
      <rect width={`${Math.round(share * 1000) / 10}%`} height="5" />
    </svg>
  );
}

interface CellProps {
  readonly cell: SummaryCell;
  readonly base: SummaryCell | undefined;
  readonly most: number;
}

function Cell({ cell, base, most }: CellProps): JSX.Element {
  const { text, value, note } = cell;
  const differs = base !== undefined && base.text !== text && base.text !== '-' && text !== '-';
  const ratio =
    differs && value !== null && base.value !== null ? ratioText(value, base.value) : null;
  return (
    <td class={differs ? 'number differs' : 'number'}>
      {differs && <span class="mark">≠ </span>}
      {groupDigits(text)}
      {ratio !== null && <small>{` ${ratio}`}</small>}
      {note !== undefined && <small>{` ${note}`}</small>}
      {value !== null && most > 0 && <Bar share={value / most} />}
    </td>
  );
}

/** The column heads: one for each machine. */
function MachineHeads({ runs }: { readonly runs: readonly Run[] }): JSX.Element {
  return (
    <>
      {runs.map(({ machine }, i) => (
        <th key={i} scope="col" class="machine">
          {machine.arch} {machine.kernel}
          <br />
          {machine.strategy}
        </th>
      ))}
    </>
  );
}

interface SummaryProps {
  readonly runs: readonly Run[];
  /** Index of the step. */
  readonly index: number;
  /** For each run what the step costs; absent if nobody asked. */
  readonly costs?: readonly (StepCost | null)[];
}

/** What a protection change did on each machine: figures as bars, and what differs from the compared one. */
export function SummaryTable({ runs, index, costs }: SummaryProps): JSX.Element {
  const base = baselines(runs);
  const rows = stepRows(runs.map((run) => run.steps[index])).map(({ name, texts }): SummaryRow => ({
    name,
    cells: texts.map((text) => ({ text, value: numberOf(text) })),
  }));
  const all = costs?.some((cost) => cost !== null) === true ? [costRow(costs), ...rows] : rows;
  return (
    <>
      <p class="note">
        {runs.length > 1 && `≠: differs from ${baselineText(runs)}. `}Bars: share of the largest of
        the row.
      </p>
      <Scroll label="Counters">
        <table class="summary">
          <thead>
            <tr>
              <th scope="col">counter</th>
              <MachineHeads runs={runs} />
            </tr>
          </thead>
          <tbody>
            {all.map(({ name, cells }) => {
              const most = Math.max(0, ...cells.map(({ value }) => value ?? 0));
              return (
                <tr key={name} data-counter={name}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, i) => (
                    <Cell key={i} cell={cell} base={cells[base[i] ?? 0]} most={most} />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
