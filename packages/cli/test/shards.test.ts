import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { userFile } from './check.fixture.ts';
import { MAIN, ptelab, ROOT } from './ptelab.fixture.ts';

const CHECK = ['check', '--scope', 'tiny', '--arch', 'arm64', '--strategy'];

/** Runs all shards of a search and returns what each printed. */
async function shards(strategy: string, of: number): Promise<string[]> {
  const printed: string[] = [];
  for (let index = 1; index <= of; index++) {
    const args = [...CHECK, strategy, '--shard', `${index}/${of}`, '--json'];
    const { stdout } = await ptelab(args);
    printed.push(userFile(`${strategy}-${index}-of-${of}.json`, stdout));
  }
  return printed;
}

describe('shards', () => {
  it.each(['merged', 'merged-rc1'])('of %s join to the verdict of the whole', async (strategy) => {
    const files = await shards(strategy, 2);
    for (const format of [[], ['--json']]) {
      const whole = await ptelab([...CHECK, strategy, ...format]);
      const merged = await ptelab(['check', '--merge', ...files.toReversed(), ...format]);
      expect(merged).toEqual(whole);
    }
  });

  it('that do not belong together are refused in one line', async () => {
    const [one, two] = await shards('per-pte', 2);
    const [other] = await shards('merged', 1);
    const text = readFileSync(one!, 'utf8');
    const cases: [string[], RegExp][] = [
      [[one!], /--merge: expected all 2 shards, missing 2$/],
      [[one!, two!, one!], /shard 1\/2 is there twice, also in .*per-pte-1-of-2\.json$/],
      [[one!, other!], /merged-1-of-1\.json: expected per-pte, scope tiny, .* found merged, /],
      [[userFile('bad.json', '{')], /bad\.json: expected JSON of ptelab check --shard, found: Syn/],
      [
        [userFile('old.json', text.replace('"formatVersion":1', '"formatVersion":0'))],
        /old\.json: expected JSON of ptelab check --shard: formatVersion: /,
      ],
      [
        [userFile('short.json', text.replace(/"states":\[\d+,/, '"states":[')), two!],
        /short\.json: expected \d+ tasks in states, found \d+$/,
      ],
      [
        [userFile('newer.json', text.replace(/"ptelab":"[^"]*"/, '"ptelab":"99.0.0"')), two!],
        /newer\.json: expected a shard of ptelab \S+, found one of 99\.0\.0$/,
      ],
    ];
    for (const [files, message] of cases) {
      const { code, stdout, stderr } = await ptelab(['check', '--merge', ...files]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^ptelab: [^\n]*\n$/);
      expect(stderr.trimEnd()).toMatch(message);
    }
  });
});

describe('the manifests of examples/campaign', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ptelab-campaign-'));
  const small = { ...process.env, SCOPE: 'tiny', STRATEGY: 'merged-rc1' };
  let whole = '';

  beforeAll(async () => {
    const bin = userFile('ptelab', `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(bin, 0o755);
    Object.assign(small, { PATH: `${join(bin, '..')}:${process.env.PATH ?? ''}` });
    const strategy = ['--scope', 'tiny', '--strategy', 'merged-rc1'];
    whole = (await ptelab(['check', ...strategy])).stdout;
  });

  async function merged(results: string): Promise<string> {
    const files = readdirSync(results).map((name) => join(results, name));
    expect(files).toHaveLength(2);
    return (await ptelab(['check', '--merge', ...files])).stdout;
  }

  it('run as an indexed Job', async () => {
    const text = readFileSync(join(ROOT, 'examples/campaign/kubernetes-job.yaml'), 'utf8');
    const { spec } = parse(text);
    const [{ command, env }] = spec.template.spec.containers;
    const given = Object.fromEntries(
      env.map(({ name, value }: Record<string, string>) => [name, value]),
    );
    expect(spec.completionMode).toBe('Indexed');
    expect(given.PTELAB_SHARDS).toBe(String(spec.completions));
    const results = mkdtempSync(join(folder, 'job-'));
    const [program, ...args] = command;
    for (const index of ['0', '1']) {
      const own = { RESULTS: results, PTELAB_SHARDS: '2', JOB_COMPLETION_INDEX: index };
      const ended = spawnSync(program, args, { env: { ...given, ...small, ...own } });
      expect(ended.status, String(ended.stderr)).toBe(0);
    }
    expect(await merged(results)).toBe(whole);
  });

  it('run as an array of Slurm', async () => {
    const script = join(ROOT, 'examples/campaign/slurm.sbatch');
    const results = mkdtempSync(join(folder, 'array-'));
    for (const id of ['0', '1']) {
      const array = { SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_MIN: '0' };
      const own = { RESULTS: results, SLURM_ARRAY_TASK_COUNT: '2', ...array };
      const ended = spawnSync('/bin/sh', [script], { env: { ...small, ...own } });
      expect(ended.status, String(ended.stderr)).toBe(0);
    }
    expect(await merged(results)).toBe(whole);
  });
});
