import type { Run } from '@ptelab/scenario';
import { machineLabel } from '../text/machine-label.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import { baselines, baselineText } from './baseline.ts';
import { writeFinalEntries } from './final-entries.ts';
import { stepRows, stepTable } from './step-table.ts';

/** Columns that a machine takes, and that the names of the rows take. */
const MACHINE_WIDTH = 15;
const NAMES_WIDTH = 15;

function writeStep(page: Page, runs: readonly Run[], index: number, base: readonly number[]): void {
  const steps = runs.map((run) => run.steps[index]);
  const op = steps.find((step) => step !== undefined)?.op ?? '';
  page.heading(`Step ${index + 1}: ${op}`, 2);
  const rows = stepRows(steps);
  const room = page.settings.markdown
    ? runs.length
    : Math.max(1, Math.floor((page.settings.width - NAMES_WIDTH) / MACHINE_WIDTH));
  for (let first = 0; first < runs.length; first += room) {
    const shown = runs.map((_, i) => i).slice(first, first + room);
    page.table(stepTable(rows, runs, shown, base));
  }
}

/**
 * Writes runs of one scenario side by side: a table for each protection change with a column for each
 * machine, then whether the final entries differ.
 */
export function renderCompare(runs: readonly Run[], options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  const [first] = runs;
  if (first === undefined) return page.toString();
  const { name, title } = first.scenario;
  page.heading(`${name}${title === '' ? '' : `: ${title}`}`, 1);
  const base = baselines(runs);
  const count = Math.max(...runs.map((run) => run.steps.length));
  for (let index = 0; index < count; index++) {
    if (runs.some((run) => run.steps[index]?.mprotect !== undefined)) {
      writeStep(page, runs, index, base);
    }
  }
  if (runs.length > 1) page.lines([`* differs from ${baselineText(runs)}`], 'quiet');
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
