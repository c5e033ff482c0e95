import { Console } from 'node:console';
import process from 'node:process';
import type { MessagePort } from 'node:worker_threads';
import {
  fuzzLeafSharing,
  fuzzStrategy,
  judgeMutant,
  MUTANTS,
  Search,
  traceScenario,
  type BrokenPlace,
  type CheckMachine,
  type FuzzResult,
  type MutantVerdict,
  type SearchPlan,
  type SharingFuzzResult,
  type TaskResult,
} from '@ptelab/check';
import { defineStrategy, findStrategy, perPte, type Strategy } from '@ptelab/mprotect';
import {
  createMachine,
  formatOpLine,
  formatScenario,
  runScenario,
  scenarioFromOpLines,
  type Scenario,
} from '@ptelab/scenario';
import { complaintOf } from '../cli-error.ts';
import { loadBareStrategy } from '../options/load-strategy.ts';
import type { Handed, Jobs, Reply, StoryMessage, StrategyFacts } from './jobs.ts';

/*
 * Runs in the workers of a search. A strategy is a stranger's code: it may throw, loop or end the
 * worker, so the main thread never runs it, and watches from outside how far a worker is.
 */

// Standard output belongs to the result.
globalThis.console = new Console(process.stderr, process.stderr);
// Ending the thread without a word would look like a loop.
process.exit = (code): never => {
  throw new Error(`process.exit(${String(code ?? '')}) called`);
};

/** Lines of a trace that are sent; a strategy that loops would never stop sending. */
const MOST_LINES = 400;

const strategies = new Map<string, Promise<Strategy>>();
const searches = new Map<string, Search>();

function strategyOf(word: string): Promise<Strategy> {
  const known = strategies.get(word);
  if (known !== undefined) return known;
  const loading = loadBareStrategy(word);
  strategies.set(word, loading);
  return loading;
}

function searchOf(plan: SearchPlan): Search {
  const key = JSON.stringify(plan);
  const search = searches.get(key) ?? new Search(plan);
  searches.set(key, search);
  return search;
}

async function answer<R>(work: () => Promise<R>): Promise<Reply<R>> {
  try {
    return { result: await work() };
  } catch (error) {
    const { code, message, exitCode } = complaintOf(error);
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    return { complaint: { code, message, exitCode }, stack };
  }
}

/** Loads a strategy. */
export function load({ job }: Handed<Jobs['load']['job']>): Promise<Reply<StrategyFacts>> {
  return answer(async () => {
    const { name, summary } = await strategyOf(job.strategy);
    return { name, summary };
  });
}

/** Judges a strategy on the states of one task. */
export function search({
  job: { strategy: word, plan, task },
  watch,
  lane,
}: Handed<Jobs['search']['job']>): Promise<Reply<TaskResult>> {
  return answer(async () => {
    const strategy = await strategyOf(word);
    const search = searchOf(plan);
    let current = 0;
    try {
      return search.run(task, strategy, (state) => {
        current = state;
        Atomics.store(watch, lane, state);
      });
    } catch (error) {
      // What comes out of the walk with a strategy of ours is a bug; a stranger's has broken the walk.
      if (findStrategy(word) !== undefined) throw error;
      const text = `made the walk throw ${String(error)}`;
      const violation = search.brokenAt(task, current, { invariant: 'contract', slot: null, text });
      return { states: current + 1, violation, remarks: [] };
    }
  });
}

/** Keeps what a strategy throws apart from what the story throws. */
class StrategyThrew extends Error {
  override readonly name = 'StrategyThrew';
  override toString(): string {
    return this.message;
  }
}

function traceable(strategy: Strategy, onWrongReturn: (value: string) => void): Strategy {
  return defineStrategy({
    ...strategy,
    changePresentPtes(range, index, pte) {
      let entries: number;
      try {
        entries = strategy.changePresentPtes(range, index, pte);
      } catch (error) {
        throw new StrategyThrew(String(error));
      }
      if (Number.isInteger(entries) && entries >= 1) return entries;
      onWrongReturn(String(entries));
      throw new StrategyThrew(`returned ${String(entries)}`);
    },
  });
}

/** Sends the trace of a strategy line by line: it may never end. */
function postTrace(
  scenario: Scenario,
  machine: CheckMachine,
  strategy: Strategy,
  port: MessagePort,
): void {
  let sent = 0;
  let wrong: string | null = null;
  const judged = traceable(strategy, (value) => (wrong = value));
  traceScenario(scenario, createMachine(machine, judged), (line) => {
    if (sent++ >= MOST_LINES) return;
    port.postMessage(wrong === null ? line : { fn: 'returns', text: wrong });
  });
}

/** Entries of the window that a story leaves, and the page that it begins at. */
function lastDump(scenario: Scenario, search: Search, broken: BrokenPlace): [number, string[]] {
  const machine = createMachine(search.machineOf(broken), perPte);
  const dumps = runScenario(scenario, machine).steps.flatMap(({ dump }) => dump ?? []);
  const last = dumps.at(-1);
  return [last?.at ?? 0, last?.pages.map(({ pte }) => pte ?? '') ?? []];
}

/** Tells a broken state. */
export function explain({
  job: { strategy: word, plan, broken, port },
  watch,
  lane,
}: Handed<Jobs['explain']['job']>): Promise<Reply<null>> {
  return answer(async () => {
    const strategy = await strategyOf(word);
    const search = searchOf(plan);
    const scenario = search.scenarioOf(broken);
    const machine = search.machineOf(broken);
    const [firstPage, perPteAfter] = lastDump(scenario, search, broken);
    const message: StoryMessage = {
      scenario: formatScenario(scenario),
      where: search.describe(broken),
      firstPage,
      perPte: traceScenario(scenario, createMachine(machine, perPte)),
      perPteAfter,
    };
    port.postMessage(message);
    Atomics.store(watch, lane, 0);
    postTrace(scenario, machine, strategy, port);
    return null;
  });
}

/** Judges a strategy on random stories. */
export function fuzz({
  job: { strategy: word, machine, runs, seed },
  watch,
  lane,
}: Handed<Jobs['fuzz']['job']>): Promise<Reply<FuzzResult>> {
  return answer(async () => {
    const strategy = await strategyOf(word);
    let number = 0;
    const onStory = (): void => {
      Atomics.store(watch, lane, number++);
    };
    return fuzzStrategy(strategy, machine, { runs, seed, onStory });
  });
}

/** Makes a story again, with a strategy that comes to an end. */
export function story({
  job: { machine, runs, seed, number },
}: Handed<Jobs['story']['job']>): Promise<Reply<Scenario | null>> {
  return answer(() => {
    let left = number;
    let found: Scenario | null = null;
    fuzzStrategy(perPte, machine, {
      runs,
      seed,
      onStory: (operations) => {
        if (left-- !== 0) return;
        found = scenarioFromOpLines('counter-example', operations.map(formatOpLine));
      },
    });
    return Promise.resolve(found);
  });
}

/** Traces a story. */
export function trace({
  job: { strategy: word, machine, scenario, port },
  watch,
  lane,
}: Handed<Jobs['trace']['job']>): Promise<Reply<null>> {
  return answer(async () => {
    const strategy = await strategyOf(word);
    port.postMessage(traceScenario(scenario, createMachine(machine, perPte)));
    Atomics.store(watch, lane, 0);
    postTrace(scenario, machine, strategy, port);
    return null;
  });
}

/** Judges a mutant. */
export function mutant({ job }: Handed<Jobs['mutant']['job']>): Promise<Reply<MutantVerdict>> {
  return answer(() => {
    const found = MUTANTS.find(({ id }) => id === job.id);
    if (found === undefined) throw new RangeError(`no mutant is called ${job.id}`);
    return Promise.resolve(judgeMutant(found));
  });
}

/** Compares shared leaf tables with plain ones. */
export function leafSharing({
  job: { runs, seed },
}: Handed<Jobs['leafSharing']['job']>): Promise<Reply<SharingFuzzResult>> {
  return answer(() => Promise.resolve(fuzzLeafSharing(runs, seed)));
}
