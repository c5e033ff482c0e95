import { COST_MACHINES, type CostMachine } from '@ptelab/cost';
import type { Machine } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';
import { choiceList } from './choices.ts';

/**
 * Finds the machines that costs are to be predicted for: at most one for each architecture.
 *
 * @param machines - those that are compared.
 * @param flag - what the list was given with.
 * @throws CliError for a word that is no machine, and for one that has nothing to predict.
 */
export function chosenCostMachines(
  text: string,
  machines: readonly Machine[],
  flag = '--cost',
): CostMachine[] {
  const ids = choiceList(
    flag,
    text,
    COST_MACHINES.map(({ id }) => id),
  );
  const chosen = COST_MACHINES.filter(({ id }) => ids.includes(id));
  for (const [i, { id, arch }] of chosen.entries()) {
    const other = chosen.slice(0, i).find((machine) => machine.arch === arch);
    if (other !== undefined) {
      const rule = 'expected one machine for each architecture';
      throw new CliError('bad-choice', `${flag}: ${rule}, found ${other.id} and ${id}`);
    }
    if (!machines.some(({ spec }) => spec.arch === arch)) {
      const found = [...new Set(machines.map(({ spec }) => spec.arch))].join(', ');
      throw new CliError(
        'bad-choice',
        `${flag}: expected a machine of ${found}, found ${id}: ${arch}`,
      );
    }
  }
  return chosen;
}

/** The machine that costs are predicted for where nobody chooses: the first of each architecture. */
export function costMachineFor(
  machine: Machine,
  chosen: readonly CostMachine[],
): CostMachine | undefined {
  const isAlike = ({ arch }: CostMachine): boolean => arch === machine.spec.arch;
  return chosen.find(isAlike) ?? COST_MACHINES.find(isAlike);
}
