import { unexpectedViolations, type Run, type StepResult } from '@ptelab/scenario';
import { machineLabel } from '../text/machine-label.ts';
import { counted } from '../text/numbers.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Cell } from '../text/table.ts';
import { writeDump, writeVmas } from './dump.ts';
import { writeMprotect } from './mprotect.ts';
import { writePrediction } from './predict.ts';
import { violationTexts, writeViolations } from './violations.ts';

function resultCell(step: StepResult): Cell | string {
  const { mprotect, signals, expectations } = step;
  const failed = expectations.filter((fact) => !fact.held).length;
  if (failed > 0) return { text: `${failed} of ${expectations.length} failed`, tone: 'bad' };
  if (unexpectedViolations(step)) {
    return { text: counted(step.violations?.length ?? 0, 'violation'), tone: 'bad' };
  }
  if (expectations.length > 0) return { text: `${expectations.length} held`, tone: 'good' };
  if (signals > 0) return { text: counted(signals, 'signal'), tone: 'bad' };
  return mprotect?.error ?? '';
}

function writeSteps(page: Page, run: Run): void {
  page.table({
    columns: [
      { title: 'step', align: 'right' },
      { title: 'operation' },
      { title: 'faults', align: 'right' },
      { title: 'changed', align: 'right' },
      { title: 'expectations' },
    ],
    rows: run.steps.map((step) => [
      String(step.step + 1),
      step.op,
      step.faults === 0 ? '' : String(step.faults),
      String(step.mprotect?.changed ?? ''),
      resultCell(step),
    ]),
  });
}

/** What did not hold, one line each. */
function failures(run: Run): string[] {
  return run.steps.flatMap((step) =>
    step.expectations
      .filter((fact) => !fact.held)
      .map(({ what, expected, found }) => {
        const place = step.line === 0 ? '' : ` (line ${step.line})`;
        return `step ${step.step + 1}${place}: ${what}: expected ${expected}, found ${found}`;
      }),
  );
}

function unexpected(step: StepResult): string[] {
  if (!unexpectedViolations(step)) return [];
  return violationTexts(step).map((text) => `step ${step.step + 1}: ${text}`);
}

function writeVerdict(page: Page, run: Run): void {
  const failed = [...failures(run), ...run.steps.flatMap(unexpected)];
  if (failed.length > 0) page.lines(failed, 'bad');
  const { unsupported } = run;
  if (unsupported !== null) {
    const step = `step ${unsupported.step + 1}`;
    page.lines([`${step}: not modelled: ${unsupported.what}; the run ends before it`], 'bad');
  }
  const facts = run.steps.flatMap((step) => step.expectations);
  if (failed.length === 0 && facts.length > 0) {
    page.lines([`${counted(facts.length, 'expectation')} held`], 'good');
  }
}

/** Writes a run: its steps, every protection change with its batches, predictions, dumps, and what held. */
export function renderRun(run: Run, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  const { name, title } = run.scenario;
  page.heading(`${name} on ${machineLabel(run)}${title === '' ? '' : `: ${title}`}`, 1);
  writeSteps(page, run);
  for (const step of run.steps) {
    writeViolations(page, step);
    if (step.mprotect !== undefined) writeMprotect(page, step, step.mprotect);
    if (step.prediction !== undefined) writePrediction(page, step, step.prediction);
    if (step.dump !== undefined) writeDump(page, step, step.dump);
    if (step.vmas !== undefined) writeVmas(page, step, step.vmas);
  }
  writeVerdict(page, run);
  return page.toString();
}
