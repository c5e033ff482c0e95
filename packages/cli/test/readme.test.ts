import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

  it.each(readdirSync(folder))(
    '%s prints what its output.txt says, and its README names it',
    (name) => {
      const program = `${folder}/${name}/index.mjs`;
      const args = existsSync(program)
        ? ['--input-type=module', '--eval', readFileSync(program, 'utf8')]
        : [];
      const readme = readFileSync(
        `${ROOT}/packages/${name === 'ptelab' ? 'cli' : name}/README.md`,
        'utf8',
      );
      expect(readme).toContain(`examples/packages/${name}/`);
      if (args.length === 0) return;
      const options = { cwd: `${ROOT}/packages/cli`, encoding: 'utf8' } as const;
      const printed = execFileSync(process.execPath, args, options);
      expect(printed).toBe(readFileSync(`${folder}/${name}/output.txt`, 'utf8'));
    },
  );
});
