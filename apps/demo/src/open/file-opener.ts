import {
  isScenarioText,
  parseScenarioText,
  snapshotOf,
  straceLog,
  type LiveScenario,
} from '@ptelab/kernel/formats';
import { formatScenario, parseScenario, scenarioFromOpLines } from '@ptelab/scenario';
import { tooLarge } from './file-size.ts';
import { fileText, isParquet } from './file-text.ts';
import type { Choice, OpenedFile, OpenedStory } from './opened.ts';
import { firstChange, recordingChoice, recordingsIn, recordingStory } from './recordings.ts';
import { memoriesIn, memoryChoice, memoryStory } from './snapshot-story.ts';
import { changeChoice, tracedChanges } from './trace-calls.ts';
import { traceStory } from './trace-story.ts';

/** A file, and what makes stories of it. */
interface Source {
  readonly what: string;
  readonly choices: readonly Choice[];
  readonly storyOf: (choice: number) => OpenedStory;
}

function sourceOf<T>(
  what: string,
  things: readonly T[],
  choiceOf: (thing: T) => Choice,
  storyOf: (thing: T) => OpenedStory,
): Source {
  return {
    what,
    choices: things.map(choiceOf),
    storyOf: (choice) => {
      const thing = things[choice];
      if (thing === undefined) throw new RangeError(`there is no choice ${choice}`);
      return storyOf(thing);
    },
  };
}

function opLineStory(name: string, { name: scenario, lines }: LiveScenario): OpenedStory {
  const story = {
    ...scenarioFromOpLines(scenario, lines),
    title: scenario,
    description: `From ${name}.`,
  };
  return { text: formatScenario(story), machines: null, step: firstChange(story) };
}

function scenarioSource(name: string, text: string): Source {
  const story = parseScenario(text, name);
  const { length } = story.steps;
  return sourceOf(
    'a scenario',
    [story],
    ({ title }) => ({ label: title, detail: `${length} steps` }),
    () => ({ text, machines: null, step: firstChange(story) }),
  );
}

const YAML = /^(?:name|title|description|tlb|steps):/m;

function textSource(name: string, text: string): Source {
  if (text.trimStart().startsWith('{')) {
    const recordings = recordingsIn(name, text);
    if (recordings.length === 0) throw new RangeError(`${name}: expected recordings, found none`);
    return sourceOf('recordings', recordings, recordingChoice, (recording) =>
      recordingStory(name, recording),
    );
  }
  if (isScenarioText(text)) {
    return sourceOf(
      'scenarios',
      parseScenarioText(text, name),
      ({ name: label, lines }) => ({ label, detail: `${lines.length} operations` }),
      (scenario) => opLineStory(name, scenario),
    );
  }
  if (YAML.test(text)) return scenarioSource(name, text);
  const changes = tracedChanges(straceLog(name, text.split('\n')));
  if (changes.length === 0) {
    throw new RangeError(`${name}: expected a successful mprotect in the log, found none`);
  }
  return sourceOf('mprotect calls of an strace log', changes, changeChoice, (change) =>
    traceStory(name, change),
  );
}

async function read(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Source> {
  const problem = tooLarge(name, bytes.length);
  if (problem !== null) throw new RangeError(problem);
  if (!isParquet(bytes)) return textSource(name, await fileText(name, bytes));
  const snapshot = await snapshotOf(name, bytes.buffer);
  const memories = await memoriesIn(name, snapshot);
  return sourceOf('memory of a snapshot', memories, memoryChoice, (memory) =>
    memoryStory(name, memory),
  );
}

/** Opens files, one at a time, and makes stories of what is in them. */
export class FileOpener {
  #source: Source | null = null;

  /**
   * Reads a file of any kind that ptelab knows.
   *
   * @throws Error with one line that names the file, if it is none of them or damaged.
   */
  async open(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<OpenedFile> {
    const source = await read(name, bytes);
    this.#source = source;
    return { what: source.what, choices: source.choices };
  }

  /** The story of one of the choices of the file that was opened last. */
  storyOf(choice: number): OpenedStory {
    if (this.#source === null) throw new RangeError('no file is open');
    return this.#source.storyOf(choice);
  }
}
