import { Search, shardTasks, type SearchTask } from '@ptelab/check';
import type { BrokenRule } from '@ptelab/report';
import manifest from '../../package.json' with { type: 'json' };
import { CliError } from '../cli-error.ts';
import { scopeText } from './judgement.ts';
import type { ShardFile } from './shard-file.ts';
import type { BareVerdict } from './verdict.ts';

/** A shard and the file it was read from. */
export interface ReadShard {
  readonly file: string;
  readonly shard: ShardFile;
}

function bad(text: string): never {
  throw new CliError('bad-shard', text);
}

/** What must be the same in all shards, in words. */
function searchText({ strategy, plan, shard, ptelab }: ShardFile): string {
  const machines = plan.machines.map(({ arch, kernel }) => `${arch} ${kernel}`).join(', ');
  const digest = strategy.digest === null ? '' : ` (${strategy.digest.slice(0, 12)})`;
  return `${strategy.name}${digest}, scope ${plan.scope}, on ${machines}, in ${shard.of} shards, by ptelab ${ptelab}`;
}

/** Checks that these are all shards of one search, each of them once. */
function checkSet(read: readonly ReadShard[]): ReadShard {
  const [first] = read;
  if (first === undefined) return bad('--merge: expected files, found none');
  const { ptelab } = first.shard;
  if (ptelab !== manifest.version) {
    bad(`${first.file}: expected a shard of ptelab ${manifest.version}, found one of ${ptelab}`);
  }
  const wanted = searchText(first.shard);
  const seen = new Map<number, string>();
  for (const { file, shard } of read) {
    const found = searchText(shard);
    if (found !== wanted) bad(`${file}: expected ${wanted}, as in ${first.file}, found ${found}`);
    const { index, of } = shard.shard;
    const other = seen.get(index);
    if (other !== undefined) bad(`${file}: shard ${index}/${of} is there twice, also in ${other}`);
    seen.set(index, file);
  }
  const { of } = first.shard.shard;
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !seen.has(index));
  if (missing.length > 0) {
    const list = missing.slice(0, 8).join(', ');
    const more = missing.length > 8 ? ` and ${missing.length - 8} more` : '';
    bad(`--merge: expected all ${of} shards, missing ${list}${more}`);
  }
  return first;
}

/** Index among all tasks of each task that a shard has done. */
function tasksDone({ file, shard }: ReadShard, all: readonly SearchTask[]): number[] {
  const indices = new Map(all.map((task, index) => [task, index]));
  const tasks = shardTasks(all, shard.shard).map((task) => indices.get(task) ?? 0);
  const { length } = shard.states;
  const complete = shard.counterExample === null ? length === tasks.length : length > 0;
  if (!complete || length > tasks.length) {
    bad(`${file}: expected ${tasks.length} tasks in states, found ${length}`);
  }
  return tasks.slice(0, length);
}

/**
 * Joins the shards of a search into the verdict that the search by itself would have given.
 *
 * @throws CliError unless they are all shards of one search.
 */
export function mergeShards(read: readonly ReadShard[]): BareVerdict {
  const { plan, strategy } = checkSet(read).shard;
  const all = new Search(plan).tasks();
  const parts = read.map((part) => ({ shard: part.shard, done: tasksDone(part, all) }));
  const broken = parts
    .filter(({ shard }) => shard.counterExample !== null)
    .map(({ shard, done }) => ({ task: done.at(-1) ?? 0, example: shard.counterExample }))
    .sort((a, b) => a.task - b.task)[0];
  const last = broken?.task ?? all.length;
  let states = 0;
  for (const { shard, done } of parts) {
    for (const [i, task] of done.entries()) if (task <= last) states += shard.states[i] ?? 0;
  }
  const remarks = parts
    .flatMap(({ shard }) => shard.remarks)
    .filter(({ task }) => task <= last)
    .sort((a, b) => a.task - b.task);
  const firsts = new Map<string, BrokenRule>();
  for (const { rule } of remarks) {
    if (!firsts.has(rule.invariant)) firsts.set(rule.invariant, rule);
  }
  return {
    word: strategy.word,
    flags: plan.scope === 'small' ? [] : ['--scope', plan.scope],
    strategy: strategy.name,
    machines: plan.machines,
    scope: scopeText(plan),
    unit: 'state',
    states,
    exhaustive: broken === undefined,
    counterExample: broken?.example ?? null,
    remarks: [...firsts.values()],
  };
}
