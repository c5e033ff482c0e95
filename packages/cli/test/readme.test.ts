import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { ptelab, ROOT } from './ptelab.fixture.ts';

/** Code blocks of a README, in order; those without a language are output. */
function blocks(dir: string): { language: string; text: string }[] {
  const readme = readFileSync(`${ROOT}/packages/${dir}/README.md`, 'utf8');
  return [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language ?? '',
    text: text ?? '',
  }));
}

it.each(['scenario', 'report', 'check', 'cost'])(
  'the example of %s prints what its README says',
  (dir) => {
    const all = blocks(dir);
    const index = all.findIndex(({ language }) => language === 'js');
    const args = ['--input-type=module', '--eval', all[index]!.text];
    const printed = execFileSync(process.execPath, args, {
      cwd: `${ROOT}/packages/cli`,
      encoding: 'utf8',
    });
    expect(printed.trimEnd()).toBe(all[index + 1]!.text.trimEnd());
  },
);

it('the examples of ptelab print what its README says', async () => {
  const all = blocks('cli');
  const examples = all.filter(({ text }) => text.startsWith('ptelab ') && !text.includes('--help'));
  expect(examples).toHaveLength(5);
  for (const example of examples) {
    const shown = all[all.indexOf(example) + 1]!.text.trimEnd();
    const { stdout } = await ptelab(example.text.trim().split(' ').slice(1));
    // Three dots stand for lines left out.
    for (const part of shown.split(/^ +\.\.\.$/m)) expect(stdout).toContain(part.trim());
  }
});

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
