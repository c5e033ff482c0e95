import { Search, shardTasks, type ScopeName, type SearchPlan, type Shard } from '@ptelab/check';
import manifest from '../../package.json' with { type: 'json' };
import { progress } from '../output.ts';
import { brokenRule, explainBroken } from './explain.ts';
import { digestOf, strategyFacts, type Judgement } from './judgement.ts';
import { searchTasks } from './search-tasks.ts';
import type { ShardFile } from './shard-file.ts';
import type { WatchedPool } from './watched-pool.ts';

/** How an exhaustive search is to be done. */
export interface SearchChoice {
  readonly scope: ScopeName;
  readonly shard: Shard;
  /** What a strategy may take for one state. */
  readonly seconds: number;
}

/** Does one shard of an exhaustive search; the whole search is shard 1 of 1. */
export async function searchShard(
  pool: WatchedPool,
  { strategy, machines }: Judgement,
  { scope, shard, seconds }: SearchChoice,
): Promise<ShardFile> {
  const digest = await digestOf(strategy);
  const { name } = await strategyFacts(pool, strategy);
  const plan: SearchPlan = { scope, machines };
  const search = new Search(plan);
  const all = search.tasks();
  const tasks = shardTasks(all, shard);
  const total = tasks.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const found = await searchTasks(pool, { search, strategy, seconds }, tasks, ({ size }) => {
    done += size;
    progress(`${name}: ${Math.floor((100 * done) / total)} % of scope ${scope}`);
  });
  progress('');
  const { violation, states } = found;
  const indices = new Map(all.map((task, index) => [task, index]));
  const globalIndex = (index: number): number => {
    const task = tasks[index];
    return (task === undefined ? undefined : indices.get(task)) ?? 0;
  };
  return {
    format: 'ptelab-check-shard',
    formatVersion: 1,
    ptelab: manifest.version,
    strategy: { word: strategy, name, digest },
    plan,
    shard,
    states,
    counterExample:
      violation === null ? null : await explainBroken(pool, search, strategy, violation),
    remarks: found.remarks.map(({ task, broken }) => ({
      task: globalIndex(task),
      rule: brokenRule(search, broken),
    })),
  };
}
