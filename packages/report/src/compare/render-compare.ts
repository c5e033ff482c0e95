import type { StepCost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';
import { machineLabel } from '../text/machine-label.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import { baselines, baselineText } from './baseline.ts';
import { writeFinalEntries } from './final-entries.ts';
import { costRows } from './cost-rows.ts';
import { stepRows, stepTable, type ComparedRow } from './step-table.ts';

/** Machines that fit next to each other: a cell has its mark and two columns of distance. */
function machinesAbreast(
  runs: readonly Run[],
  rows: readonly ComparedRow[],
  width: number,
): number {
  const names = Math.max(...rows.map((row) => row.name.length));
  const texts = rows.flatMap((row) => row.texts);
  const labels = runs.flatMap((run) => machineLabel(run, '\n').split('\n'));
  const widest = Math.max(...[...texts, ...labels].map((text) => text.length)) + 3;
  return Math.max(1, Math.floor((width - names) / widest));
}

/** What each step of each run costs, as far as it is known. */
export type RunCosts = readonly (readonly StepCost[])[];

function writeStep(
  page: Page,
  runs: readonly Run[],
  index: number,
  base: readonly number[],
  costs: RunCosts | undefined,
): void {
  const steps = runs.map((run) => run.steps[index]);
  const op = steps.find((step) => step !== undefined)?.op ?? '';
  page.heading(`Step ${index + 1}: ${op}`, 2);
  const priced = costs?.map((run) => run.find(({ step }) => step === index) ?? null) ?? [];
  const rows = [...stepRows(steps), ...costRows(priced, base)];
  const { markdown, width } = page.settings;
  const room = markdown ? runs.length : machinesAbreast(runs, rows, width);
  for (let first = 0; first < runs.length; first += room) {
    const shown = runs.map((_, i) => i).slice(first, first + room);
    page.table(stepTable(rows, runs, shown, base));
  }
}

/**
 * Writes runs of one scenario side by side: a table for each protection change with a column for each
 * machine, then whether the final entries differ.
 *
 * @param costs - for each run what its protection changes cost; adds rows to the tables.
 */
export function renderCompare(
  runs: readonly Run[],
  options: RenderOptions = {},
  costs?: RunCosts,
): string {
  const page = new Page(settings(options));
  const [first] = runs;
  if (first === undefined) return page.toString();
  const { name, title } = first.scenario;
  page.heading(`${name}${title === '' ? '' : `: ${title}`}`, 1);
  const base = baselines(runs);
  const count = Math.max(...runs.map((run) => run.steps.length));
  for (let index = 0; index < count; index++) {
    if (runs.some((run) => run.steps[index]?.mprotect !== undefined)) {
      writeStep(page, runs, index, base, costs);
    }
  }
  const legend = ['3x16: three times 16 entries'];
  if (runs.length > 1) legend.push(`*: differs from ${baselineText(runs)}`);
  page.lines(legend, 'quiet');
  writeFinalEntries(page, runs);
  const ended = runs.flatMap((run) =>
    run.unsupported === null
      ? []
      : [
          `${machineLabel(run)}: step ${run.unsupported.step + 1}: not modelled: ${run.unsupported.what}`,
        ],
  );
  page.lines(ended, 'bad');
  return page.toString();
}
