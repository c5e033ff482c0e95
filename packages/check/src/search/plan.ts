import type { ScopeName } from '../scope/scope.ts';
import type { CheckMachine } from './machine.ts';

/** What an exhaustive search is to cover. Plain data. */
export interface SearchPlan {
  readonly scope: ScopeName;
  readonly machines: readonly CheckMachine[];
}

/** One block on one machine: the unit that workers and shards are given. Plain data. */
export interface SearchTask {
  /** Index into the machines of the plan. */
  readonly machine: number;
  /** Index of the block in the scope on that machine. */
  readonly block: number;
  /** Most states that it may hold. */
  readonly size: number;
  /** Slots that vary: the size of a counter-example. */
  readonly slots: number;
}

/** A part of a search that runs elsewhere: shard `index`, from 1, of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * The tasks of one shard. The largest tasks are dealt first, each to the shard with the least work so
 * far, so that all shards end at about the same time. Depends on nothing but its arguments.
 */
export function shardTasks(tasks: readonly SearchTask[], { index, of }: Shard): SearchTask[] {
  const loads = new Float64Array(of);
  const mine = new Set<SearchTask>();
  for (const task of [...tasks].sort((a, b) => b.size - a.size)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + task.size;
    if (least === index - 1) mine.add(task);
  }
  return tasks.filter((task) => mine.has(task));
}
