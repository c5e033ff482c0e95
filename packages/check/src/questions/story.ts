import type { Strategy } from '@ptelab/mprotect';
import { parseRawHex, type Arch, type EventCounters } from '@ptelab/pte';
import {
  createMachine,
  runScenario,
  scenarioFromOpLines,
  type DumpedPage,
  type MachineSpec,
  type Run,
  type Scenario,
  type StepResult,
} from '@ptelab/scenario';

/** Tells a story of a question in op lines. */
export function tell(name: string, title: string, lines: readonly string[]): Scenario {
  return { ...scenarioFromOpLines(name, lines), title };
}

/** Where the repository has the story. */
export function fileOf({ name }: Scenario): string {
  return `scenarios/questions/${name}.yaml`;
}

/** A command line that runs the story on machines side by side. */
export function compareLine(story: Scenario, flags: string): string {
  return `ptelab compare ${fileOf(story)} ${flags}`;
}

/** A command line that runs the story and shows every step. */
export function runLine(story: Scenario, flags: string): string {
  return `ptelab run ${fileOf(story)} ${flags}`;
}

/**
 * Runs a story.
 *
 * @throws Error if the model lacks a step: a question must not ask for that.
 */
export function play(story: Scenario, spec: MachineSpec, strategy?: Strategy): Run {
  const run = runScenario(story, createMachine(spec, strategy));
  if (run.unsupported !== null) throw new Error(`${story.name}: ${run.unsupported.what}`);
  return run;
}

/** The step `fromEnd` calls of mprotect before the last one. */
export function callOf(run: Run, fromEnd = 0): StepResult {
  const step = run.steps.filter(({ mprotect }) => mprotect !== undefined).at(-1 - fromEnd);
  if (step === undefined) throw new Error(`${run.scenario.name} has no such mprotect`);
  return step;
}

/** Events of the last mprotect of a story. */
export function eventsOf(story: Scenario, spec: MachineSpec, strategy?: Strategy): EventCounters {
  return callOf(play(story, spec, strategy)).events;
}

/** Faults of the last `faults` step. */
export function faultsOf(run: Run): readonly number[] {
  return run.steps.findLast(({ faultVector }) => faultVector !== undefined)?.faultVector ?? [];
}

/** Pages of the last dump, or of the dump `fromEnd` before it. */
export function dumpOf(run: Run, fromEnd = 0): readonly DumpedPage[] {
  const dumps = run.steps.flatMap(({ dump }) => (dump === undefined ? [] : [dump]));
  return dumps.at(-1 - fromEnd)?.pages ?? [];
}

/** What a dumped entry allows and remembers, in the letters of `entries` steps; `-` if there is none. */
export function lettersOf(arch: Arch, { pte }: DumpedPage): string {
  if (pte === null) return '-';
  const { bits } = parseRawHex(pte);
  if (!arch.ptePresent(bits)) return '-';
  const letters = [
    arch.pteWrite(bits) ? 'w' : '',
    arch.pteDirty(bits) ? 'd' : '',
    arch.pteYoung(bits) ? 'y' : '',
    arch.softDirty && arch.pteSoftDirty(bits) ? 's' : '',
    arch.contPtes > 1 && arch.pteBatchHint(0, bits) > 1 ? 'c' : '',
  ].join('');
  return letters === '' ? 'r' : letters;
}

/** True if a dumped entry may be written. */
export function isWritable(arch: Arch, page: DumpedPage): boolean {
  return lettersOf(arch, page).includes('w');
}

/** Writes lengths with repeats counted: `5 3x16 8`. */
export function runLengths(lengths: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const length of lengths) {
    const last = runs.at(-1);
    if (last?.[0] === length) last[1]++;
    else runs.push([length, 1]);
  }
  const parts = runs.map(([length, count]) => (count === 1 ? `${length}` : `${count}x${length}`));
  return parts.length > 8 ? `${parts.slice(0, 8).join(' ')} ...` : parts.join(' ');
}

/** A ratio with as many digits as tell something. */
export function ratio(part: number, whole: number): number {
  return Math.round((1000 * part) / whole) / 1000;
}

/** Lengths of the batches of a call, written short. */
export function batchText({ mprotect }: StepResult): string {
  return runLengths(mprotect?.batches.map(({ nr }) => nr) ?? []);
}
