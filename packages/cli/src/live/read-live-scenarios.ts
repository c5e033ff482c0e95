import { isScenarioText, liveScenario, parseScenarioText, type LiveScenario } from '@ptelab/kernel';
import { parseScenario } from '@ptelab/scenario';
import { readInput } from '../read-input.ts';

/**
 * Reads scenarios for a kernel: text in the language of recordings, or YAML as far as a kernel can carry
 * it out.
 *
 * @throws CliError, ScenarioError or PtelabInputError if a file is neither.
 */
export async function readLiveScenarios(files: readonly string[]): Promise<LiveScenario[]> {
  const scenarios: LiveScenario[] = [];
  for (const file of files) {
    const text = await readInput(file);
    if (isScenarioText(text)) scenarios.push(...parseScenarioText(text, file));
    else scenarios.push(liveScenario(parseScenario(text, file), file));
  }
  return scenarios;
}
