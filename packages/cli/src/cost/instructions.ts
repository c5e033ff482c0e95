import {
  assessInstructionKernels,
  fitInstructionKernels,
  type InstructionSample,
} from '@ptelab/cost';
import { renderInstructionPrices, renderInstructions } from '@ptelab/report';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';
import { readSamples } from './instruction-samples.ts';

/** The worst calls of a kernel that JSON has. */
const WORST = 5;

async function countedCalls(files: readonly string[]): Promise<InstructionSample[]> {
  const samples = await readSamples(files);
  if (samples.length > 0) return samples;
  throw new CliError(
    'no-instructions',
    `${files.join(', ')}: expected recordings with instruction counts, found none`,
  );
}

/** `ptelab cost --fit-instructions`: the prices that the recordings give. */
export async function fitVerb(files: readonly string[], flags: OutputFlags): Promise<number> {
  const prices = fitInstructionKernels(await countedCalls(files));
  if (flags.json) await writeJsonLine(prices);
  else await write(renderInstructionPrices(prices, renderOptions(flags)));
  return EXIT.held;
}

/** `ptelab cost --instructions`: predicted beside recorded instructions, per kernel and family. */
export async function instructionsVerb(
  files: readonly string[],
  flags: OutputFlags,
): Promise<number> {
  const assessments = assessInstructionKernels(await countedCalls(files));
  if (flags.json) {
    for (const assessment of assessments) {
      await writeJsonLine({ ...assessment, worst: assessment.worst.slice(0, WORST) });
    }
  } else await write(renderInstructions(assessments, renderOptions(flags)));
  return assessments.every(({ held }) => held) ? EXIT.held : EXIT.failed;
}
