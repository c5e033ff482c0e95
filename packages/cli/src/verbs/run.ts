import { renderRun } from '@ptelab/report';
import { runScenario, TLB_POLICIES, unexpectedViolations, type Run } from '@ptelab/scenario';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { note, write, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { readScenario } from '../read-scenario.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab run`. */
export interface RunFlags extends MachineFlags, OutputFlags {
  /** How contiguous entries get into the TLB; absent: what the scenario says. */
  readonly tlb?: string;
}

function place(file: string, line: number, run: Run): string {
  const { arch, kernel, strategy } = run.machine;
  return `${file}:${line}: ${arch} ${kernel} ${strategy}`;
}

/** Says on standard error what did not hold. Returns true if everything did. */
function reportFailures(file: string, run: Run): boolean {
  let held = true;
  for (const step of run.steps) {
    const { line, expectations, violations = [] } = step;
    for (const { what, expected, found } of expectations.filter((fact) => !fact.held)) {
      note(`${place(file, line, run)}: ${what}: expected ${expected}, found ${found}`);
      held = false;
    }
    if (unexpectedViolations(step)) {
      const [first] = violations;
      const kinds = [...new Set(violations.map(({ kind }) => kind))].join(', ');
      note(`${place(file, line, run)}: ${kinds}, first at page ${first?.at ?? 0}`);
      held = false;
    }
  }
  if (run.unsupported === null) return held;
  const { line, what } = run.unsupported;
  note(`${place(file, line, run)}: the model lacks ${what}; the run ends before this step`);
  return false;
}

/** `ptelab run`: runs scenarios and prints what happened. */
export async function runVerb(files: readonly string[], flags: RunFlags): Promise<number> {
  const machines = await chosenMachines(flags);
  const options = renderOptions(flags);
  const tlb = flags.tlb === undefined ? {} : { tlb: oneChoice('--tlb', flags.tlb, TLB_POLICIES) };
  const runs: Run[] = [];
  let held = true;
  for (const file of files) {
    const scenario = await readScenario(file);
    for (const machine of machines) {
      const run = runScenario(scenario, machine, tlb);
      if (!flags.json) await write(`${runs.length > 0 ? '\n' : ''}${renderRun(run, options)}`);
      runs.push(run);
      held = reportFailures(file, run) && held;
    }
  }
  if (flags.json) await writeJsonLine(runs);
  return held ? EXIT.held : EXIT.failed;
}
