import {
  COST_MACHINES,
  PUBLISHED_TABLES,
  unexplainedRows,
  UNMODELLED,
  validateTables,
  type CostMachine,
} from '@ptelab/cost';
import { renderMachine, renderMachines, renderValidation } from '@ptelab/report';
import { EXIT } from '../exit-codes.ts';
import { choiceList } from '../options/choices.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';

/** The machines that a list names; all without one. */
export function listedMachines(list: string | undefined): readonly CostMachine[] {
  if (list === undefined) return COST_MACHINES;
  const ids = choiceList(
    '--machine',
    list,
    COST_MACHINES.map(({ id }) => id),
  );
  return COST_MACHINES.filter(({ id }) => ids.includes(id));
}

/** Prints the machines, or the prices of those that are named. */
export async function machinesVerb(list: string | undefined, flags: OutputFlags): Promise<number> {
  const machines = listedMachines(list);
  const options = renderOptions(flags);
  if (flags.json) await writeJsonLine(machines);
  else if (list === undefined) await write(renderMachines(machines, options));
  else await write(machines.map((machine) => renderMachine(machine, options)).join('\n'));
  return EXIT.held;
}

/** Prints published figures beside predictions; fails if one is outside and nobody knows why. */
export async function validateVerb(list: string | undefined, flags: OutputFlags): Promise<number> {
  const tables = validateTables(PUBLISHED_TABLES, listedMachines(list));
  const unmodelled = list === undefined ? UNMODELLED : [];
  const unexplained = unexplainedRows(tables);
  if (flags.json) {
    await writeJsonLine({ tables, unmodelled, unexplained: unexplained.map(({ id }) => id) });
  } else {
    await write(renderValidation(tables, unmodelled, renderOptions(flags)));
  }
  for (const { machine, what } of unexplained) {
    note(`${machine}: ${what}: outside, and no reason is known`);
  }
  return unexplained.length === 0 ? EXIT.held : EXIT.failed;
}
