import { COST_MACHINES, costOfRun } from '@ptelab/cost';
import { UnsupportedError } from '@ptelab/mm';
import { STRATEGIES } from '@ptelab/mprotect';
import type { TlbPolicy } from '@ptelab/pte';
import {
  createMachine,
  parseScenario,
  runScenario,
  ScenarioError,
  type MachineSpec,
  type Run,
  type Scenario,
} from '@ptelab/scenario';
import { MOST_PAGES, mappedPages, storyWindow } from '../model/story-window.ts';
import type { StepFilm } from '../model/film.ts';
import type { Edit } from '../paint/edit.ts';
import type { PaintedStory } from '../paint/paint-story.ts';
import { operationWords } from '../model/operation-words.ts';
import { recordStep } from './record-step.ts';
import type { Outline, Problem, RunSummary, StrategyChoice, StepSummary } from './protocol.ts';

/** What messages call the text of the page. */
const SOURCE = 'story';

function readStory(text: string, tlb: TlbPolicy | null): Scenario {
  const scenario = parseScenario(text, SOURCE);
  return tlb === null ? scenario : { ...scenario, tlb };
}

/** The built-in strategies, in the order of their history. */
export function strategies(): readonly StrategyChoice[] {
  return STRATEGIES.map(({ name, summary }) => ({ name, summary }));
}

/** Reads a story. */
export function outlineOf(text: string): Outline {
  const scenario = readStory(text, null);
  const { name, title, description, steps } = scenario;
  return {
    name,
    title,
    description,
    steps: steps.map(({ operation, line }) => ({
      text: operationWords(operation),
      op: operation.op,
      prot: operation.op === 'mprotect' ? operation.prot : null,
      line,
    })),
    window: storyWindow(scenario),
    beyond: Math.max(0, mappedPages(scenario) - MOST_PAGES),
  };
}

function stepSummary(step: Run['steps'][number]): StepSummary {
  return {
    counters: step.events,
    faults: step.faults,
    error: step.mprotect?.error ?? step.error ?? null,
    changed: step.mprotect?.changed ?? null,
    failed: step.expectations
      .filter(({ held }) => !held)
      .map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`),
    violations: (step.violations ?? []).map(({ kind, at }) => `${kind} at page ${at}`),
  };
}

/** Runs a story to its end. */
export function runStory(text: string, spec: MachineSpec, tlb: TlbPolicy | null): RunSummary {
  const story = readStory(text, tlb);
  // Batches are told by tracing, which takes its time on large ranges.
  const trace = story.steps.some(({ expect }) =>
    expect.some(({ batches }) => batches !== undefined),
  );
  const run = runScenario(story, createMachine(spec), { trace });
  const costs = COST_MACHINES.filter(({ arch }) => arch === spec.arch).map((machine) => [
    machine.id,
    costOfRun(run, machine),
  ]);
  return {
    strategy: run.machine.strategy,
    steps: run.steps.map(stepSummary),
    unsupported:
      run.unsupported === null ? null : { step: run.unsupported.step, what: run.unsupported.what },
    costs: Object.fromEntries(costs) as RunSummary['costs'],
  };
}

/** Runs a story on several machines; what `ptelab run --json` prints. */
export function exportRuns(
  text: string,
  machines: readonly MachineSpec[],
  tlb: TlbPolicy | null,
): string {
  const story = readStory(text, tlb);
  return JSON.stringify(machines.map((spec) => runScenario(story, createMachine(spec))));
}

/** Paints on the table that a story has before one of its steps. What that takes is loaded when it is asked. */
export async function paintText(
  text: string,
  spec: MachineSpec,
  step: number,
  edit: Edit,
): Promise<PaintedStory> {
  const { paintStory } = await import('../paint/paint-story.ts');
  return paintStory(readStory(text, null), spec, step, edit);
}

/** Films one step of a story. */
export function filmStep(
  text: string,
  spec: MachineSpec,
  tlb: TlbPolicy | null,
  step: number,
): StepFilm {
  return recordStep(readStory(text, tlb), createMachine(spec), step);
}

/** What went wrong, for people. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ScenarioError) {
    const { line, column } = error;
    const place = /^story(?::\d+){0,2}: /;
    return { message: error.message.replace(place, ''), line, column };
  }
  const place = { line: 0, column: 0 };
  if (error instanceof UnsupportedError) {
    return { message: `the model lacks ${error.what}`, ...place };
  }
  return { message: error instanceof Error ? error.message : String(error), ...place };
}
