import {
  OpLineError,
  parseOpLine,
  StoryCheck,
  opLinesOfScenario,
  type Operation,
  type Scenario,
} from '@ptelab/scenario';
import { PtelabInputError } from '../input-error.ts';

/** A scenario that a kernel can carry out. */
export interface LiveScenario {
  readonly name: string;
  /** Op lines. */
  readonly lines: readonly string[];
}

/** What no process can bring about, or what would change the machine beyond the scenario. */
const IMPOSSIBLE: ReadonlySet<Operation['op']> = new Set([
  'entries',
  'migrate_end',
  'migrate_start',
  'node',
  'numa_scan',
  'pin',
  'predict',
  'sysw',
  'unpin',
]);

const HEAD = /^scenario\s+(\S+)$/;
const FILE_PATH = /^\/(?:mnt|shm0|shm1|shmw)\/[\w.-]+$/;
/** Longest line, in bytes. */
const MAX_LINE = 1000;
const MAX_LINES = 100_000;

/** Why a kernel can't be asked to carry an operation out; null if it can. */
function objection(operation: Operation): string | null {
  if (IMPOSSIBLE.has(operation.op)) {
    return `expected an operation that a process can carry out, found ${operation.op}`;
  }
  if (operation.op === 'uffd' && operation.monitor !== undefined) {
    return `expected uffd without a monitor, found ${operation.monitor}`;
  }
  if (operation.op === 'file' && !FILE_PATH.test(operation.path)) {
    const found = JSON.stringify(operation.path.slice(0, 60));
    return `expected a file right below /mnt, /shm0, /shm1 or /shmw, found ${found}`;
  }
  return null;
}

function parse(line: string): Operation | string {
  try {
    return parseOpLine(line);
  } catch (error) {
    if (error instanceof OpLineError) return error.message;
    throw error;
  }
}

/** True for text in the language of recordings rather than YAML. */
export function isScenarioText(text: string): boolean {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#'));
  return first?.startsWith('scenario ') ?? false;
}

/**
 * Reads scenarios in the language of recordings.
 *
 * @throws PtelabInputError for the first line that can't be meant as written, or that no kernel can be
 *   asked to carry out.
 */
export function parseScenarioText(text: string, source: string): LiveScenario[] {
  const scenarios: { name: string; lines: string[] }[] = [];
  let story = new StoryCheck();
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) {
    const message = `expected up to ${MAX_LINES} lines, found ${lines.length}`;
    throw new PtelabInputError('too-long', source, 0, message);
  }
  for (const [index, raw] of lines.entries()) {
    const fail = (message: string): never => {
      throw new PtelabInputError('bad-scenario', source, index + 1, message);
    };
    if (raw.length > MAX_LINE) fail(`expected a line up to ${MAX_LINE} bytes, found ${raw.length}`);
    const line = raw.replace(/(?:^| )#.*$/, '').trim();
    if (line === '' || line === 'end') continue;
    const name = HEAD.exec(line)?.[1];
    if (name !== undefined) {
      scenarios.push({ name, lines: [] });
      story = new StoryCheck();
      continue;
    }
    const operation = parse(line);
    if (typeof operation === 'string') fail(operation);
    else {
      const problem = objection(operation) ?? story.step(operation)?.text;
      if (problem !== undefined) fail(problem);
    }
    const current = scenarios.at(-1);
    if (current === undefined)
      fail(`expected "scenario NAME" first, found ${JSON.stringify(line)}`);
    current?.lines.push(line);
  }
  if (scenarios.length === 0) {
    throw new PtelabInputError('no-scenario', source, 0, 'expected "scenario NAME", found nothing');
  }
  return scenarios;
}

/**
 * Turns a scenario of the model into one for a kernel; expectations are left out.
 *
 * @throws PtelabInputError for a step that no kernel can be asked to carry out.
 */
export function liveScenario(scenario: Scenario, source: string): LiveScenario {
  for (const { operation, line } of scenario.steps) {
    const problem = objection(operation);
    if (problem !== null) throw new PtelabInputError('bad-scenario', source, line, problem);
  }
  return {
    name: scenario.name.replaceAll(/[^\w.-]+/g, '-'),
    lines: opLinesOfScenario(scenario),
  };
}

/** Writes a scenario as text that {@link parseScenarioText} reads. */
export function scenarioText({ name, lines }: LiveScenario): string {
  return [`scenario ${name}`, ...lines, ''].join('\n');
}
