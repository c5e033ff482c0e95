import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { ruleOf, type CheckMachine, type FuzzResult, type TraceLine } from '@ptelab/check';
import { formatScenario, type Scenario } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';
import { progress } from '../output.ts';
import type { ToldExample } from './explain.ts';
import { strategyFacts, type Judgement } from './judgement.ts';
import type { BareVerdict } from './verdict.ts';
import type { Outcome, WatchedPool } from './watched-pool.ts';

/** Stories of one job: few enough that all cores have work to the end. */
const STORIES = 50;

/** How stories are to be tried. */
export interface FuzzChoice {
  /** Stories for each machine. */
  readonly runs: number;
  readonly seed: number;
  /** What a strategy may take for one story. */
  readonly seconds: number;
}

/** One job: stories of one machine from one seed. */
interface FuzzTask {
  readonly machine: CheckMachine;
  readonly runs: number;
  readonly seed: number;
}

/** A story that breaks a rule. */
interface Broken {
  readonly invariant: string;
  readonly text: string;
  readonly page: number | null;
  readonly scenario: Scenario;
}

interface TaskOutcome {
  readonly stories: number;
  readonly broken: Broken | null;
}

function tasksOf(machines: readonly CheckMachine[], { runs, seed }: FuzzChoice): FuzzTask[] {
  const chunks = Math.ceil(runs / STORIES);
  return Array.from({ length: chunks }, (_, chunk) =>
    machines.map((machine) => ({
      machine,
      runs: Math.min(STORIES, runs - chunk * STORIES),
      seed: seed + chunk,
    })),
  ).flat();
}

/** Makes a refutation of a story that the strategy did not come back from. */
async function settle(
  pool: WatchedPool,
  word: string,
  task: FuzzTask,
  outcome: Outcome<FuzzResult>,
  seconds: number,
): Promise<TaskOutcome> {
  if (outcome.kind === 'done') {
    const { stories, counterExample } = outcome.result;
    if (counterExample === null) return { stories, broken: null };
    const { scenario, broken } = counterExample;
    const { invariant, slot, text } = broken.finding;
    return { stories, broken: { invariant, text, page: slot, scenario } };
  }
  const number = outcome.state;
  const again = number < 0 ? null : await pool.run('story', { ...task, number });
  const scenario = again?.kind === 'done' ? again.result : null;
  if (scenario === null) {
    const text = `${word}: expected a strategy that comes to an end, it is ${outcome.kind} in story ${number + 1} of seed ${task.seed}`;
    throw new CliError('bad-strategy', text);
  }
  const text =
    outcome.kind === 'stuck' ? `did not return within ${seconds} s` : 'ended the thread it ran in';
  const titled = { ...scenario, title: `contract: ${text}` };
  return {
    stories: number + 1,
    broken: { invariant: 'contract', text, page: null, scenario: titled },
  };
}

/** Traces of a story: of per-pte, and of the judged strategy as far as it comes. */
async function traces(
  pool: WatchedPool,
  strategy: string,
  { machine }: FuzzTask,
  scenario: Scenario,
): Promise<ToldExample['traces']> {
  const { port1, port2 } = new MessageChannel();
  const job = { strategy, machine, scenario, port: port2 };
  const outcome = await pool.run('trace', job, [port2]);
  const messages: unknown[] = [];
  for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) {
    messages.push(next.message);
  }
  port1.close();
  const [perPte = [], ...judged] = messages as [TraceLine[]?, ...TraceLine[]];
  if (outcome.kind !== 'done') judged.push({ fn: 'does not return', text: '' });
  return { perPte, judged };
}

async function told(
  pool: WatchedPool,
  strategy: string,
  task: FuzzTask,
  { invariant, text, page, scenario }: Broken,
): Promise<ToldExample> {
  const { rule, reason } = ruleOf(invariant);
  return {
    invariant,
    rule,
    reason,
    text,
    machine: task.machine,
    where: `a random story, seed ${task.seed}`,
    page,
    entries: [],
    scenario: formatScenario(scenario),
    traces: await traces(pool, strategy, task, scenario),
  };
}

/** Judges a strategy on random stories. What is found depends on the seed alone. */
export async function fuzzStories(
  pool: WatchedPool,
  { strategy, machines }: Judgement,
  choice: FuzzChoice,
): Promise<BareVerdict> {
  const { name } = await strategyFacts(pool, strategy);
  const tasks = tasksOf(machines, choice);
  const outcomes: TaskOutcome[] = [];
  let next = 0;
  let end = tasks.length;
  const work = async (): Promise<void> => {
    while (next < end) {
      const index = next++;
      const task = tasks[index];
      if (task === undefined) return;
      const outcome = await pool.run('fuzz', { strategy, ...task });
      const settled = await settle(pool, strategy, task, outcome, choice.seconds);
      outcomes[index] = settled;
      if (settled.broken !== null) end = Math.min(end, index + 1);
      progress(`${name}: ${Math.floor((100 * index) / tasks.length)} % of the stories`);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  progress('');
  const counted = outcomes.slice(0, end);
  const broken = counted.at(-1)?.broken ?? null;
  const task = tasks[counted.length - 1];
  const { runs, seed } = choice;
  return {
    word: strategy,
    flags: ['--fuzz', String(runs), '--seed', String(seed)],
    strategy: name,
    machines,
    scope: [`random stories, --seed ${seed}`],
    unit: 'story',
    states: counted.reduce((sum, { stories }) => sum + stories, 0),
    exhaustive: false,
    counterExample:
      broken === null || task === undefined ? null : await told(pool, strategy, task, broken),
    remarks: [],
  };
}
