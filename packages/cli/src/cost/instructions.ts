import {
  assessInstructionKernels,
  fitInstructionKernels,
  type AssessedCall,
  type InstructionAssessment,
} from '@ptelab/cost';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { write, writeJsonLine } from '../output.ts';
import { readSamples } from './instruction-samples.ts';

const WORST = 5;

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

function callLine({ sample, predicted, error }: AssessedCall): string {
  const { scenario, step, op, instructions } = sample;
  return `  ${scenario} step ${step}, ${op}: recorded ${instructions}, predicted ${Math.round(predicted)} (${percent(error)})`;
}

function render(assessment: InstructionAssessment): string {
  const { kernel, families, fit, validation, held, worst, disturbed } = assessment;
  const row = (name: string, use: string, calls: number, median: number, p95: number): string =>
    `  ${name.padEnd(8)}${use.padEnd(12)}${String(calls).padStart(5)}${percent(median).padStart(9)}${percent(p95).padStart(9)}`;
  return [
    `${kernel}: ${held ? 'within the bounds' : 'NOT within the bounds'} (validation: median 5 %, 95th percentile 15 %)`,
    `  ${'family'.padEnd(8)}${'use'.padEnd(12)}calls   median      p95`,
    ...families.map(({ family, use, calls, median, p95 }) => row(family, use, calls, median, p95)),
    row('all', 'fit', fit.calls, fit.median, fit.p95),
    row('all', 'validation', validation.calls, validation.median, validation.p95),
    'Worst:',
    ...worst.slice(0, WORST).map(callLine),
    `Left out, another task or an interrupt ran in the window: ${disturbed.length}`,
    ...disturbed.map(callLine),
    '',
  ].join('\n');
}

/** `ptelab cost --fit-instructions`: prints the prices that the recordings give, as JSON. */
export async function fitVerb(files: readonly string[]): Promise<number> {
  await write(`${JSON.stringify(fitInstructionKernels(await readSamples(files)), null, 2)}\n`);
  return EXIT.held;
}

/** `ptelab cost --instructions`: predicted beside recorded instructions, per kernel and family. */
export async function instructionsVerb(files: readonly string[], json: boolean): Promise<number> {
  const samples = await readSamples(files);
  if (samples.length === 0) {
    throw new CliError(
      'no-instructions',
      'expected recordings with instruction counts, found none',
    );
  }
  const assessments = assessInstructionKernels(samples);
  for (const assessment of assessments) {
    if (json) await writeJsonLine({ ...assessment, worst: assessment.worst.slice(0, WORST) });
    else await write(`${render(assessment)}\n`);
  }
  return assessments.every(({ held }) => held) ? EXIT.held : EXIT.failed;
}
