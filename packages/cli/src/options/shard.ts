import type { Shard } from '@ptelab/check';
import { CliError } from '../cli-error.ts';
import { wholeNumber } from './numbers.ts';

/** What the command line says about shards. */
export interface ShardFlags {
  /** I/N. */
  readonly shard?: string;
  /** N; which one it is stands in the environment. */
  readonly shards?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function bad(text: string): never {
  throw new CliError('bad-shard', text);
}

function explicitShard(text: string): Shard {
  const [index = '', of = '', ...more] = text.split('/');
  const isPair = /^\d+$/.test(index) && /^\d+$/.test(of) && more.length === 0;
  const shard = { index: Number(index), of: Number(of) };
  if (isPair && shard.index >= 1 && shard.index <= shard.of) return shard;
  return bad(`--shard: expected I/N with I from 1 to N, found ${JSON.stringify(text)}`);
}

/** Number of the shard, from 1, that the environment of a Slurm array task gives. */
function slurmIndex(environment: Environment, id: string, of: number): number {
  const read = (name: string, missing: number, least: number): number => {
    const text = environment[name];
    return text === undefined ? missing : wholeNumber(name, text, least);
  };
  const count = read('SLURM_ARRAY_TASK_COUNT', of, 1);
  if (count !== of) {
    bad(`SLURM_ARRAY_TASK_COUNT: expected ${of}, the number of shards, found ${count}`);
  }
  const from = read('SLURM_ARRAY_TASK_MIN', 0, 0);
  const step = read('SLURM_ARRAY_TASK_STEP', 1, 1);
  return (wholeNumber('SLURM_ARRAY_TASK_ID', id, 0) - from) / step + 1;
}

/**
 * The part of a search that this run is to do, or null for all of it. Without `--shard` the index comes
 * from the environment of a Kubernetes indexed Job or a Slurm array task, but only if `--shards` or
 * PTELAB_SHARDS says how many shards there are.
 *
 * @throws CliError for what is no shard.
 */
export function chosenShard(flags: ShardFlags, environment: Environment): Shard | null {
  if (flags.shard !== undefined) return explicitShard(flags.shard);
  const text = flags.shards ?? environment.PTELAB_SHARDS;
  if (text === undefined || text === '') return null;
  const name = flags.shards === undefined ? 'PTELAB_SHARDS' : '--shards';
  const of = wholeNumber(name, text, 1);
  const { JOB_COMPLETION_INDEX: job, SLURM_ARRAY_TASK_ID: task } = environment;
  if (job !== undefined && task !== undefined) {
    bad('expected JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID, found both');
  }
  if (job === undefined && task === undefined) {
    bad(`${name}: expected JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID to be set, found neither`);
  }
  const index =
    job === undefined
      ? slurmIndex(environment, task ?? '', of)
      : wholeNumber('JOB_COMPLETION_INDEX', job, 0) + 1;
  if (Number.isInteger(index) && index >= 1 && index <= of) return { index, of };
  const variable = job === undefined ? 'SLURM_ARRAY_TASK_ID' : 'JOB_COMPLETION_INDEX';
  return bad(`${variable}: expected one of ${of} shards, found ${String(job ?? task)}`);
}
