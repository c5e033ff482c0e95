import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { SCOPES, type ScopeName } from '@ptelab/check';
import { renderLeafSharing, renderMutants } from '@ptelab/report';
import { fuzzStories, type FuzzChoice } from '../check/fuzz-stories.ts';
import { judgements } from '../check/judgement.ts';
import { compareLeafSharing } from '../check/leaf-sharing.ts';
import { mergeShards } from '../check/merge.ts';
import { judgeMutants } from '../check/mutants.ts';
import { searchShard } from '../check/search-shard.ts';
import type { ShardFile } from '../check/shard-file.ts';
import { writeVerdict, type VerdictFlags } from '../check/verdict.ts';
import { WatchedPool } from '../check/watched-pool.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import type { MachineFlags } from '../options/machines.ts';
import { positiveNumber, wholeNumber } from '../options/numbers.ts';
import { chosenShard, type ShardFlags } from '../options/shard.ts';
import { note, write, writeJsonLine } from '../output.ts';
import { readInput } from '../read-input.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab check`. */
export interface CheckFlags extends MachineFlags, ShardFlags, VerdictFlags {
  readonly scope: string;
  readonly timeout: string;
  readonly workers?: string;
  /** Random stories for each machine. */
  readonly fuzz?: string;
  readonly seed?: string;
  readonly merge?: readonly string[];
  readonly mutants: boolean;
  /** Random stories to compare shared leaf tables with plain ones on. */
  readonly leafSharing?: string;
  /** True: the default file. */
  readonly init?: string | true;
}

const SCOPE_NAMES: readonly ScopeName[] = Object.values(SCOPES).map(({ name }) => name);

/** Prints what a shard found; the verdict is for `--merge` to give. */
async function writeShard(shard: ShardFile, flags: VerdictFlags): Promise<number> {
  const text = `${JSON.stringify(shard)}\n`;
  if (flags.out !== undefined) {
    await writeFile(flags.out, text);
    note(`shard written to ${flags.out}`);
  }
  const { index, of } = shard.shard;
  const states = shard.states.reduce((sum, more) => sum + more, 0);
  const violations = shard.counterExample === null ? '0 violations' : '1 violation';
  if (flags.json) await write(text);
  else {
    await write(`shard ${index} of ${of}: ${violations} in ${states} states\n`);
    if (flags.out === undefined) note('give -o FILE or --json to have something to merge');
  }
  return shard.counterExample === null ? EXIT.held : EXIT.failed;
}

/** How stories are to be tried, or null if the search is to be exhaustive. */
function fuzzChoice({ fuzz, seed }: CheckFlags, seconds: number): FuzzChoice | null {
  if (fuzz === undefined) return null;
  const chosen = seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', seed, 0);
  return { runs: wholeNumber('--fuzz', fuzz), seed: chosen, seconds };
}

/** What is ours comes to an end: a budget against hanging only. */
const OWN_SECONDS = 600;

function poolFor({ workers }: CheckFlags, seconds: number): WatchedPool {
  const size = workers === undefined ? availableParallelism() : wholeNumber('--workers', workers);
  return new WatchedPool(size, seconds);
}

async function mutants(flags: CheckFlags): Promise<number> {
  const pool = poolFor(flags, OWN_SECONDS);
  try {
    const verdict = await judgeMutants(pool);
    if (flags.json) await writeJsonLine(verdict);
    else await write(renderMutants(verdict, renderOptions(flags)));
    return verdict.survivors.length === 0 ? EXIT.held : EXIT.failed;
  } finally {
    await pool.destroy();
  }
}

async function leafSharing(stories: string, flags: CheckFlags): Promise<number> {
  const runs = wholeNumber('--leaf-sharing', stories);
  const seed = flags.seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', flags.seed, 0);
  const pool = poolFor(flags, OWN_SECONDS);
  try {
    const result = await compareLeafSharing(pool, runs, seed);
    if (flags.json) await writeJsonLine(result);
    else await write(renderLeafSharing(result, renderOptions(flags)));
    return result.difference === null ? EXIT.held : EXIT.failed;
  } finally {
    await pool.destroy();
  }
}

async function search(flags: CheckFlags): Promise<number> {
  const scope = oneChoice('--scope', flags.scope, SCOPE_NAMES);
  const seconds = positiveNumber('--timeout', flags.timeout);
  const asked = judgements(flags);
  const fuzz = fuzzChoice(flags, seconds);
  const shard = fuzz === null ? chosenShard(flags, process.env) : null;
  if (shard !== null && asked.length > 1) {
    const text = `--shard: expected one strategy, found ${asked.length}`;
    throw new CliError('bad-shard', text);
  }
  const pool = poolFor(flags, seconds);
  let exitCode: number = EXIT.held;
  try {
    for (const judgement of asked) {
      if (fuzz !== null) {
        const verdict = await fuzzStories(pool, judgement, fuzz);
        exitCode = Math.max(exitCode, await writeVerdict(verdict, flags));
        continue;
      }
      const choice = { scope, shard: shard ?? { index: 1, of: 1 }, seconds };
      const result = await searchShard(pool, judgement, choice);
      if (shard !== null) return await writeShard(result, flags);
      const verdict = mergeShards([{ file: judgement.strategy, shard: result }]);
      exitCode = Math.max(exitCode, await writeVerdict(verdict, flags));
    }
  } finally {
    await pool.destroy();
  }
  return exitCode;
}

async function merge(files: readonly string[], flags: CheckFlags): Promise<number> {
  const { parseShardFile } = await import('../check/shard-file.ts');
  const read = await Promise.all(
    files.map(async (file) => ({ file, shard: parseShardFile(await readInput(file), file) })),
  );
  return writeVerdict(mergeShards(read), flags);
}

/** `ptelab check`: judges strategies. */
export async function checkVerb(flags: CheckFlags): Promise<number> {
  if (flags.init !== undefined) {
    const { writeTemplate } = await import('../check/init.ts');
    return writeTemplate(flags.init === true ? undefined : flags.init);
  }
  if (flags.mutants) return mutants(flags);
  if (flags.leafSharing !== undefined) return leafSharing(flags.leafSharing, flags);
  return flags.merge === undefined ? search(flags) : merge(flags.merge, flags);
}
