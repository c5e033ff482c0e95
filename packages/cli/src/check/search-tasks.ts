import type { BrokenPlace, Search, SearchTask, TaskResult } from '@ptelab/check';
import { CliError } from '../cli-error.ts';
import type { Outcome, WatchedPool } from './watched-pool.ts';

/** What a search found, in the order of its tasks, whichever worker was first. */
export interface Found {
  /** States judged in each task, up to and with the one that broke a rule. */
  readonly states: readonly number[];
  /** The first state that breaks a rule of safety: it is in the last task counted. */
  readonly violation: BrokenPlace | null;
  /** The first state that breaks each rule of quality, and the index of its task. */
  readonly remarks: readonly { readonly task: number; readonly broken: BrokenPlace }[];
}

/** Makes a refutation of what a worker did not survive. */
function settle(
  outcome: Outcome<TaskResult>,
  { search, strategy, seconds }: SearchOrder,
  task: SearchTask,
): TaskResult {
  if (outcome.kind === 'done') return outcome.result;
  const { kind, state } = outcome;
  if (state < 0) {
    const what = kind === 'stuck' ? 'it does not come to an end' : outcome.reason;
    throw new CliError('bad-strategy', `${strategy}: expected a module that loads: ${what}`);
  }
  const text =
    kind === 'stuck'
      ? `did not return within ${seconds} s`
      : `ended the thread that it ran in: ${outcome.reason}`;
  const violation = search.brokenAt(task, state, { invariant: 'contract', slot: null, text });
  return { states: state + 1, violation, remarks: [] };
}

/** What is to be searched. */
export interface SearchOrder {
  readonly search: Search;
  /** Name or file. */
  readonly strategy: string;
  /** What a strategy may take for one state. */
  readonly seconds: number;
}

/**
 * Carries out tasks on all workers of a pool. Stops once a violation is known and everything before it
 * is done, so that what is found depends on the tasks alone.
 *
 * @param onDone - told each task that is done.
 */
export async function searchTasks(
  pool: WatchedPool,
  order: SearchOrder,
  tasks: readonly SearchTask[],
  onDone: (task: SearchTask) => void,
): Promise<Found> {
  const { search, strategy } = order;
  const results: TaskResult[] = [];
  let next = 0;
  let end = tasks.length;
  const work = async (): Promise<void> => {
    while (next < end) {
      const index = next++;
      const task = tasks[index];
      if (task === undefined) return;
      const job = { strategy, plan: search.plan, task };
      const result = settle(await pool.run('search', job), order, task);
      results[index] = result;
      if (result.violation !== null) end = Math.min(end, index + 1);
      onDone(task);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  const counted = results.slice(0, end);
  const remarks = new Map<string, Found['remarks'][number]>();
  for (const [task, result] of counted.entries()) {
    for (const broken of result.remarks) {
      const { invariant } = broken.finding;
      if (!remarks.has(invariant)) remarks.set(invariant, { task, broken });
    }
  }
  return {
    states: counted.map(({ states }) => states),
    violation: counted.at(-1)?.violation ?? null,
    remarks: [...remarks.values()],
  };
}
