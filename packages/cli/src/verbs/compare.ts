import process from 'node:process';
import { costOfRun, type CostMachine, type StepCost } from '@ptelab/cost';
import { renderCompare, renderHtml, type Comparison, type StrategySource } from '@ptelab/report';
import {
  opLinesOfScenario,
  runScenario,
  withFinalDumps,
  type Machine,
  type Run,
} from '@ptelab/scenario';
import manifest from '../../package.json' with { type: 'json' };
import { EXIT } from '../exit-codes.ts';
import { chosenCostMachines } from '../options/cost-machines.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { note, write, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { readScenario } from '../read-scenario.ts';
import { renderOptions } from '../style.ts';
import { checkWritable, writeWhole } from '../write-whole.ts';

/** Flags of `ptelab compare`. */
export interface CompareFlags extends MachineFlags, OutputFlags {
  /** Ids of machines to predict times for. */
  readonly cost?: string;
  /** File for the HTML report. */
  readonly html?: string;
}

/** Page tables in the report: 256 MiB for each call and machine, said so if there is more. */
const MAP_PAGES = 65_536;

function reportUnsupported(file: string, run: Run): boolean {
  if (run.unsupported === null) return true;
  const { arch, kernel, strategy } = run.machine;
  const { line, what } = run.unsupported;
  note(`${file}:${line}: ${arch} ${kernel} ${strategy}: the model lacks ${what}`);
  return false;
}

function costsOf(run: Run, machines: readonly CostMachine[]): StepCost[] {
  const machine = machines.find(({ arch }) => arch === run.machine.arch);
  return machine === undefined ? [] : costOfRun(run, machine);
}

async function compareFile(
  file: string,
  machines: readonly Machine[],
  costMachines: readonly CostMachine[] | null,
  maps: number,
): Promise<Comparison> {
  const scenario = await readScenario(file);
  const dumping = withFinalDumps(scenario);
  const runs = machines.map((machine) => runScenario(dumping, machine, { maps }));
  return {
    source: file,
    description: scenario.description,
    ops: opLinesOfScenario(scenario),
    runs,
    ...(costMachines === null ? {} : { costs: runs.map((run) => costsOf(run, costMachines)) }),
  };
}

/** The command as given; words with spaces are quoted. */
function commandLine(): string {
  const words = process.argv
    .slice(2)
    .map((word) => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word}'`));
  return ['ptelab', ...words].join(' ');
}

function strategySources(machines: readonly Machine[]): StrategySource[] {
  const all = new Map(machines.map(({ strategy }) => [strategy.name, strategy]));
  return [...all.values()].map(({ name, summary, source }) => ({ name, summary, source }));
}

/** Runs as JSON shows them: with what they cost, and without the page tables that only the report draws. */
function jsonRuns({ runs, costs }: Comparison): unknown[] {
  return runs.map((run, i) => ({
    ...run,
    steps: run.steps.map((step) =>
      step.mprotect === undefined
        ? step
        : { ...step, mprotect: { ...step.mprotect, maps: undefined } },
    ),
    ...(costs === undefined ? {} : { costs: costs[i] ?? [] }),
  }));
}

/** `ptelab compare`: runs scenarios on machines side by side. */
export async function compareVerb(files: readonly string[], flags: CompareFlags): Promise<number> {
  const { html } = flags;
  const machines = await chosenMachines(flags);
  const costMachines = flags.cost === undefined ? null : chosenCostMachines(flags.cost, machines);
  if (html !== undefined) await checkWritable('--html', html);
  const options = renderOptions(flags);
  const all: Comparison[] = [];
  const texts: string[] = [];
  let complete = true;
  for (const [index, file] of files.entries()) {
    const maps = html === undefined ? 0 : MAP_PAGES;
    const comparison = await compareFile(file, machines, costMachines, maps);
    const { runs, costs } = comparison;
    const text = `${index > 0 ? '\n' : ''}${renderCompare(runs, options, costs)}`;
    // A reader that goes away (`| head`) ends the program: the report comes first.
    if (html !== undefined) texts.push(text);
    else if (!flags.json) await write(text);
    if (flags.json || html !== undefined) all.push(comparison);
    for (const run of runs) complete = reportUnsupported(file, run) && complete;
  }
  if (html !== undefined) {
    const page = renderHtml(all, {
      version: manifest.version,
      command: commandLine(),
      strategies: strategySources(machines),
      costs: costMachines ?? [],
    });
    await writeWhole('--html', html, page);
    note(`report written to ${html}`);
  }
  if (flags.json) await writeJsonLine(all.flatMap(jsonRuns));
  else await write(texts.join(''));
  return complete ? EXIT.held : EXIT.failed;
}
