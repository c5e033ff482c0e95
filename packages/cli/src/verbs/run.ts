import { renderRun } from '@ptelab/report';
import { runScenario, type Run } from '@ptelab/scenario';
import { EXIT } from '../exit-codes.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { note, write, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { readScenario } from '../read-scenario.ts';
import { renderOptions } from '../style.ts';

function place(file: string, line: number, run: Run): string {
  const { arch, kernel, strategy } = run.machine;
  return `${file}:${line}: ${arch} ${kernel} ${strategy}`;
}

/** Says on standard error what did not hold. Returns true if everything did. */
function reportFailures(file: string, run: Run): boolean {
  let held = true;
  for (const { line, expectations } of run.steps) {
    for (const { what, expected, found } of expectations.filter((fact) => !fact.held)) {
      note(`${place(file, line, run)}: ${what}: expected ${expected}, found ${found}`);
      held = false;
    }
  }
  if (run.unsupported === null) return held;
  const { line, what } = run.unsupported;
  note(`${place(file, line, run)}: the model lacks ${what}; the run ends before this step`);
  return false;
}

/** `ptelab run`: runs scenarios and prints what happened. */
export async function runVerb(
  files: readonly string[],
  flags: MachineFlags & OutputFlags,
): Promise<number> {
  const machines = await chosenMachines(flags);
  const options = renderOptions(flags);
  const runs: Run[] = [];
  let held = true;
  for (const file of files) {
    const scenario = await readScenario(file);
    for (const machine of machines) {
      const run = runScenario(scenario, machine);
      if (!flags.json) await write(`${runs.length > 0 ? '\n' : ''}${renderRun(run, options)}`);
      runs.push(run);
      held = reportFailures(file, run) && held;
    }
  }
  if (flags.json) await writeJsonLine(runs);
  return held ? EXIT.held : EXIT.failed;
}
