import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { ptelab, ROOT } from './ptelab.fixture.ts';

describe('examples of single packages', () => {
  const folder = `${ROOT}/examples/packages`;
  const output = (name: string): string => readFileSync(`${folder}/${name}/output.txt`, 'utf8');
  const names = readdirSync(folder);

  it.each(names)('the README of %s names its example', (name) => {
    const dir = name === 'ptelab' ? 'cli' : name;
    const readme = readFileSync(`${ROOT}/packages/${dir}/README.md`, 'utf8');
    expect(readme).toContain(`examples/packages/${name}/`);
  });

  it.each(names.filter((name) => name !== 'ptelab'))('%s prints its output.txt', (name) => {
    const program = readFileSync(`${folder}/${name}/index.mjs`, 'utf8');
    const args = ['--input-type=module', '--eval', program];
    const cwd = `${ROOT}/packages/cli`;
    expect(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })).toBe(output(name));
  });

  it('ptelab prints its output.txt', async () => {
    const manifest = readFileSync(`${folder}/ptelab/package.json`, 'utf8');
    const [, command = ''] = /"start": "ptelab (.*)"/.exec(manifest) ?? [];
    const args = command.replace('story.yaml', `${folder}/ptelab/story.yaml`).split(' ');
    expect((await ptelab(args)).stdout).toBe(output('ptelab'));
  });
});
