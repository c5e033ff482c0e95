import { parseScenarioText, readRecordings, scenarioText, type LiveScenario } from '@ptelab/kernel';
import { CliError } from '../cli-error.ts';
import { readLiveScenarios } from '../live/read-live-scenarios.ts';

async function storiesOfFile(file: string): Promise<LiveScenario[]> {
  if (!/\.ndjson(\.gz)?$/.test(file)) return readLiveScenarios([file]);
  const stories: LiveScenario[] = [];
  for await (const { scenario, source } of readRecordings(file)) {
    // The first line is the name. Files are input as any other: what is no scenario is refused.
    const story = { name: scenario, lines: source.slice(1) };
    stories.push(...parseScenarioText(scenarioText(story), file));
  }
  return stories;
}

/**
 * Reads what to record in a guest: scenarios for a kernel, or recordings whose stories are to be run again.
 *
 * @throws CliError, ScenarioError or PtelabInputError for the first file that can't be read.
 */
export async function readStories(
  files: readonly string[],
  family: string | undefined,
): Promise<readonly LiveScenario[]> {
  const stories: LiveScenario[] = [];
  for (const file of files) stories.push(...(await storiesOfFile(file)));
  const chosen = stories.filter(({ name }) => family === undefined || name.startsWith(family));
  if (chosen.length === 0) {
    const which = family === undefined ? '' : ` whose name begins with ${family}`;
    throw new CliError('no-stories', `expected scenarios to record${which}, found none`);
  }
  return chosen;
}
