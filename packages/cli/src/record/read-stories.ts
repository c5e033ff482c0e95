import { basename } from 'node:path';
import { readRecordings, type RecordedStory } from '@ptelab/kernel';
import { opLinesOfScenario, scenarioFromOpLines, withFinalDumps } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';
import { readInput } from '../read-input.ts';
import { readScenario } from '../read-scenario.ts';

const HEAD = 'scenario ';
const NAME = /^[\w.-]{1,100}$/;
/** The probe reads lines up to this length. */
const MOST_CHARACTERS = 1000;

/** Cuts text into stories: `scenario NAME`, then a line per operation. */
function storiesOfText(text: string, file: string): RecordedStory[] {
  const stories: { name: string; lines: string[] }[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '' || line === 'end') continue;
    if (line.startsWith(HEAD)) {
      const name = line.slice(HEAD.length);
      if (!NAME.test(name)) {
        const text = `${file}:${i + 1}: expected a name of letters, digits, . _ and -, found ${name}`;
        throw new CliError('bad-story', text);
      }
      stories.push({ name, lines: [] });
      continue;
    }
    const story = stories.at(-1);
    if (story === undefined) {
      throw new CliError('bad-story', `${file}:${i + 1}: expected "scenario NAME", found ${line}`);
    }
    story.lines.push(line);
  }
  return stories;
}

async function storiesOfFile(file: string): Promise<RecordedStory[]> {
  if (/\.ndjson(\.gz)?$/.test(file)) {
    const stories: RecordedStory[] = [];
    for await (const { scenario, source } of readRecordings(file)) {
      stories.push({ name: scenario, lines: source.slice(1) });
    }
    return stories;
  }
  if (!/\.ya?ml$/.test(file)) return storiesOfText(await readInput(file), file);
  const scenario = await readScenario(file);
  const name = basename(file).replace(/\.ya?ml$/, '');
  return [{ name, lines: opLinesOfScenario(withFinalDumps(scenario)) }];
}

/** Says what is wrong with a story before a kernel is booted for it. */
function checkStory({ name, lines }: RecordedStory): void {
  scenarioFromOpLines(name, lines);
  for (const [i, line] of lines.entries()) {
    if (line.length <= MOST_CHARACTERS) continue;
    const text = `${name}:${i + 1}: expected up to ${MOST_CHARACTERS} characters, found ${line.length}`;
    throw new CliError('bad-story', text);
  }
}

/**
 * Reads what to record: scenarios in YAML, text as recordings hold it in `source` (any other name), or the
 * stories of recordings.
 *
 * @throws CliError or ScenarioError for the first story that can't be read.
 */
export async function readStories(
  files: readonly string[],
  family: string | undefined,
): Promise<readonly RecordedStory[]> {
  const stories = (await Promise.all(files.map(storiesOfFile))).flat();
  const chosen = stories.filter(({ name }) => family === undefined || name.startsWith(family));
  if (chosen.length === 0) {
    const which = family === undefined ? '' : ` whose name begins with ${family}`;
    throw new CliError('no-stories', `expected scenarios to record${which}, found none`);
  }
  for (const story of chosen) checkStory(story);
  return chosen;
}
