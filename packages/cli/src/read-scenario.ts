import { parseScenario, ScenarioError, type Scenario } from '@ptelab/scenario';
import { readInput } from './read-input.ts';

/** The huge page of 4K pages, the only ones that the command line's machines have. */
const LARGEST_FOLIO_KB = 2048;

/**
 * Reads a scenario from a file, or from standard input for `-`.
 *
 * @throws CliError if the file can't be read, ScenarioError if it is no scenario for these machines.
 */
export async function readScenario(file: string): Promise<Scenario> {
  const scenario = parseScenario(await readInput(file), file);
  for (const { operation, line } of scenario.steps) {
    if (operation.op !== 'thp' || operation.kb <= LARGEST_FOLIO_KB) continue;
    const text = `expected a folio size up to ${LARGEST_FOLIO_KB} KiB on machines with 4K pages, found ${operation.kb}`;
    throw new ScenarioError('bad-story', file, { line, column: 0 }, text);
  }
  return scenario;
}
