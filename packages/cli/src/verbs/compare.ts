import { renderCompare } from '@ptelab/report';
import { runScenario, withFinalDumps, type Run } from '@ptelab/scenario';
import { EXIT } from '../exit-codes.ts';
import { chosenMachines, type MachineFlags } from '../options/machines.ts';
import { note, write, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { readScenario } from '../read-scenario.ts';
import { renderOptions } from '../style.ts';

function reportUnsupported(file: string, run: Run): boolean {
  if (run.unsupported === null) return true;
  const { arch, kernel, strategy } = run.machine;
  const { line, what } = run.unsupported;
  note(`${file}:${line}: ${arch} ${kernel} ${strategy}: the model lacks ${what}`);
  return false;
}

/** `ptelab compare`: runs scenarios on machines side by side. */
export async function compareVerb(
  files: readonly string[],
  flags: MachineFlags & OutputFlags,
): Promise<number> {
  const machines = await chosenMachines(flags);
  const options = renderOptions(flags);
  const all: Run[] = [];
  let complete = true;
  for (const [index, file] of files.entries()) {
    const scenario = withFinalDumps(await readScenario(file));
    const runs = machines.map((machine) => runScenario(scenario, machine));
    if (flags.json) all.push(...runs);
    else await write(`${index > 0 ? '\n' : ''}${renderCompare(runs, options)}`);
    for (const run of runs) complete = reportUnsupported(file, run) && complete;
  }
  if (flags.json) await writeJsonLine(all);
  return complete ? EXIT.held : EXIT.failed;
}
