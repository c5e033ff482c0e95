import { join } from 'node:path';
import { breakEven, type BreakEven } from '@ptelab/cost';
import { breakEvenPlots, renderBreakEven } from '@ptelab/report';
import { EXIT } from '../exit-codes.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';
import { checkFolder, writeAllWhole } from '../write-whole.ts';
import { listedMachines } from './prices.ts';

/** Flags of `ptelab cost --break-even`. */
export interface BreakEvenFlags extends OutputFlags {
  readonly machine?: string;
  /** Folder for the answers as pictures. */
  readonly svg?: string;
}

/** Answers as pictures: text of each file, by its path. */
function pictures(folder: string, answers: readonly BreakEven[]): Map<string, string> {
  return new Map(
    answers
      .flatMap(breakEvenPlots)
      .map(({ question, machine, svg }) => [
        join(folder, `${question.toLowerCase()}-${machine}.svg`),
        svg,
      ]),
  );
}

async function draw(folder: string, answers: readonly BreakEven[]): Promise<void> {
  const files = pictures(folder, answers);
  await writeAllWhole('--svg', files);
  note(`${files.size} plots written to ${folder}`);
}

/** Prints from where on batching pays, and skipping its lookup; draws it first if there is a folder for that. */
export async function breakEvenVerb(flags: BreakEvenFlags): Promise<number> {
  const { svg, json } = flags;
  const machines = listedMachines(flags.machine);
  if (svg !== undefined) await checkFolder('--svg', svg);
  // Each takes a second: what is only printed is printed as it comes.
  const answers = svg !== undefined || json ? machines.map(breakEven) : null;
  if (svg !== undefined && answers !== null) await draw(svg, answers);
  if (json) await writeJsonLine(answers);
  for (const [index, machine] of json ? [] : machines.entries()) {
    const text = renderBreakEven(answers?.[index] ?? breakEven(machine), renderOptions(flags));
    await write(`${index > 0 ? '\n' : ''}${text}`);
  }
  return EXIT.held;
}
