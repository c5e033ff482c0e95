import { describe, expect, it } from 'vitest';
import { chosenShard } from './shard.ts';

describe('which shard', () => {
  it.each([
    ['all of it, without a word', {}, {}, null],
    ['all of it, in a job that says nothing of shards', {}, { JOB_COMPLETION_INDEX: '3' }, null],
    ['the one named', { shard: '2/3' }, { PTELAB_SHARDS: '9' }, { index: 2, of: 3 }],
    ['that of a Job, from 0', { shards: '4' }, { JOB_COMPLETION_INDEX: '3' }, { index: 4, of: 4 }],
    [
      'that of a Job, the number in the environment',
      {},
      { PTELAB_SHARDS: '4', JOB_COMPLETION_INDEX: '0' },
      { index: 1, of: 4 },
    ],
    [
      'that of an array task, from its least number',
      { shards: '3' },
      { SLURM_ARRAY_TASK_ID: '12', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_COUNT: '3' },
      { index: 3, of: 3 },
    ],
    [
      'that of an array task with a step',
      { shards: '3' },
      { SLURM_ARRAY_TASK_ID: '6', SLURM_ARRAY_TASK_MIN: '2', SLURM_ARRAY_TASK_STEP: '2' },
      { index: 3, of: 3 },
    ],
  ])('%s', (_, flags, environment, shard) => {
    expect(chosenShard(flags, environment)).toEqual(shard);
  });

  it.each([
    [{ shard: '0/3' }, {}, '--shard: expected I/N with I from 1 to N, found "0/3"'],
    [{ shard: '4/3' }, {}, '--shard: expected I/N with I from 1 to N, found "4/3"'],
    [{ shard: '1/3/5' }, {}, '--shard: expected I/N with I from 1 to N, found "1/3/5"'],
    [{ shards: 'x' }, {}, '--shards: expected a whole number from 1 on, found "x"'],
    [
      { shards: '3' },
      {},
      '--shards: expected JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID to be set, found neither',
    ],
    [
      { shards: '3' },
      { JOB_COMPLETION_INDEX: '0', SLURM_ARRAY_TASK_ID: '0' },
      'expected JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID, found both',
    ],
    [
      { shards: '3' },
      { JOB_COMPLETION_INDEX: '3' },
      'JOB_COMPLETION_INDEX: expected one of 3 shards, found 3',
    ],
    [
      { shards: '3' },
      { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '4' },
      'SLURM_ARRAY_TASK_COUNT: expected 3, the number of shards, found 4',
    ],
  ])('refuses %j in %j', (flags, environment, message) => {
    expect(() => chosenShard(flags, environment)).toThrow(message);
  });
});
