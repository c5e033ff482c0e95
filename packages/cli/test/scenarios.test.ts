import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { KERNEL_RELEASES } from '@ptelab/pte';
import { parseScenario, scenarioJsonSchema, type Run } from '@ptelab/scenario';
import { beforeAll, describe, expect, it } from 'vitest';
import { file, MAIN, ptelab, ROOT } from './ptelab.fixture.ts';

const HOLE = 'scenarios/basics/hole.yaml';
const scenarios = ['basics', 'cover-letter', 'findings', 'producers'].flatMap((folder) =>
  readdirSync(`${ROOT}/scenarios/${folder}`).map((name) => `scenarios/${folder}/${name}`),
);

describe('run', () => {
  describe('on every kernel', () => {
    let runs: Run[] = [];
    const machines = 2 * KERNEL_RELEASES.length;

    beforeAll(async () => {
      const args = ['run', ...scenarios, '--json', '--kernel', KERNEL_RELEASES.join(',')];
      const { code, stdout, stderr } = await ptelab(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      runs = JSON.parse(stdout) as Run[];
      expect(runs).toHaveLength(scenarios.length * machines);
    });

    it.each([...scenarios.entries()])('everything that %i, %s, expects holds', (index, path) => {
      const own = runs.slice(index * machines, (index + 1) * machines);
      const { name } = parseScenario(readFileSync(`${ROOT}/${path}`, 'utf8'), path);
      expect(own.map((run) => run.scenario.name)).toEqual(Array(machines).fill(name));
      const facts = own.flatMap((run) => run.steps.flatMap((step) => step.expectations));
      expect(facts.length).toBeGreaterThan(0);
      expect(facts.every((fact) => fact.held)).toBe(true);
    });
  });

  it('reads standard input', async () => {
    const input = readFileSync(`${ROOT}/${HOLE}`, 'utf8');
    const piped = await ptelab(['run', '-'], { input });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout).toBe((await ptelab(['run', HOLE])).stdout);
    expect(await ptelab(['run', '-'], { input: 'name: x' })).toMatchObject({
      code: 2,
      stderr: 'ptelab: -:1:1: expected steps: a list of steps, found nothing\n',
    });
  });

  it('ends with 1 if an expectation fails', async () => {
    const text = `name: x
steps:
  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }
  - write: { at: 0, pages: 4 }
    expect: { faults: 3 }
`;
    const path = file('fails.yaml', text);
    const { code, stdout, stderr } = await ptelab(['run', path, '--arch', 'arm64']);
    expect(code).toBe(1);
    expect(stdout).toContain('1 of 1 failed');
    expect(stderr).toBe(
      `ptelab: ${path}:4: arm64 7.3 single-fast-path: faults: expected 3, found 4\n`,
    );
  });

  it('ends with 1 at a step that the model lacks, and names it', async () => {
    const path = file('lacks.yaml', 'name: x\nsteps:\n  - sysw: { args: [/proc/x, 1] }\n');
    const { code, stderr } = await ptelab(['run', path, '--arch', 'arm64', '--kernel', '6.12']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ptelab: ${path}:3: arm64 6.12 per-pte: the model lacks sysw; the run ends before this step\n`,
    );
  });

  it('prints the same twice', async () => {
    const args = ['run', HOLE, '--json'];
    expect((await ptelab(args)).stdout).toBe((await ptelab(args)).stdout);
  });
});

describe('--strategy FILE', () => {
  const module = (body: string): string => `export const mine = {
  kind: 'strategy', apiVersion: 1, name: 'mine', summary: '', source: '',
  changePresentPtes(range, index) { ${body} },
};`;

  it('runs a strategy of the user', async () => {
    const path = file('skip.mjs', module('return 1;'));
    const { code, stdout } = await ptelab(['compare', HOLE, '--strategy', `per-pte,${path}`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ mine/);
  });

  it.each([
    ['zero.mjs', module('return 0;'), /expected changePresentPtes to return 1 to \d+, found 0\n$/],
    ['throws.mjs', module("throw new Error('no');"), /changePresentPtes threw Error: no\n$/],
    ['none.mjs', 'export const x = 1;', /expected an export made by defineStrategy, found none\n$/],
    [
      'syntax.mjs',
      'export const x =',
      /syntax\.mjs:1:17: expected a module, found: Unexpected token\n$/,
    ],
    [
      'newer.mjs',
      module('return 1;').replace('apiVersion: 1', 'apiVersion: 2'),
      /expected a strategy of apiVersion 1, found 2\n$/,
    ],
  ])('refuses %s', async (name, text, message) => {
    const { code, stderr } = await ptelab(['run', HOLE, '--strategy', file(name, text)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('compare', () => {
  it('puts machines side by side', async () => {
    const { code, stdout, stderr } = await ptelab(['compare', HOLE]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/arm64 +arm64 +x86-64 +x86-64\n +6.16 +6.17 +6.16 +6.17\n/);
    expect(stdout).toContain('arm64: all 16 entries end the same\n');
  });

  it('prints Markdown', async () => {
    const { stdout } = await ptelab(['compare', HOLE, '--markdown']);
    expect(stdout).toContain('|  | arm64 6.16 per-pte | arm64 6.17 merged |');
  });
});

describe('the terminal', () => {
  const coloured = { FORCE_COLOR: '1' };

  it('is not coloured unless it is one, or FORCE_COLOR asks for it', async () => {
    expect((await ptelab(['compare', HOLE])).stdout).not.toContain('\x1b');
    expect((await ptelab(['compare', HOLE], { env: coloured })).stdout).toContain('\x1b[33m');
  });

  it('is not coloured with NO_COLOR or --no-color', async () => {
    const both = { ...coloured, NO_COLOR: '1' };
    expect((await ptelab(['compare', HOLE], { env: both })).stdout).not.toContain('\x1b');
    const args = ['compare', HOLE, '--no-color'];
    expect((await ptelab(args, { env: coloured })).stdout).not.toContain('\x1b');
  });

  it('may go away in the middle', async () => {
    const args = ['run', 'scenarios/cover-letter/t2-64k.yaml', '--json'];
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

it('schema/scenario.schema.json is up to date (node tools/write-schema.mjs)', () => {
  const text = readFileSync(`${ROOT}/schema/scenario.schema.json`, 'utf8');
  expect(JSON.parse(text)).toEqual(scenarioJsonSchema());
});
