import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedEntry } from '@ptelab/report';
import type { Run } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { FOLDER, userFile, userStrategy } from './check.fixture.ts';
import { ptelab, type Ended } from './ptelab.fixture.ts';

const TINY = ['check', '--scope', 'tiny', '--arch', 'arm64'];

function check(...args: string[]): Promise<Ended> {
  return ptelab([...TINY, ...args]);
}

describe('a strategy that is right', () => {
  it('is covered on every state of the scope, by default those of the kernel', async () => {
    const { code, stdout, stderr } = await check();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^single-fast-path on arm64 7\.3\n/);
    expect(stdout).toMatch(/\n0 violations in [\d,]+ states: all of scope tiny\n/);
    expect(stdout).toContain('1 entry: every kind of entry');
    expect(stdout).toContain('2 entries: every kind of entry');
  });

  it('is the template of --init, which is not written twice', async () => {
    const path = join(FOLDER, 'my-first.ts');
    expect((await ptelab(['check', '--init', path])).code).toBe(0);
    const again = await ptelab(['check', '--init', path]);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('it is there already');
    const { code, stdout, stderr } = await ptelab([
      ...['check', '--scope', 'tiny', '--arch', 'x86-64', '--strategy', path, '--json'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      strategy: 'my-first',
      arch: 'x86-64',
      exhaustive: true,
      violations: 0,
      counterExample: null,
      remarks: [],
    });
  });

  it('may be in TypeScript for run and compare too', async () => {
    const path = userStrategy('as-merged', 'return merged.changePresentPtes(range, index, pte);');
    const scenario = 'scenarios/basics/partial-range.yaml';
    const machine = ['--arch', 'arm64', '--kernel', '6.17', '--json'];
    const mine = await ptelab(['run', scenario, ...machine, '--strategy', path]);
    const theirs = await ptelab(['run', scenario, ...machine, '--strategy', 'merged']);
    expect(mine.code).toBe(0);
    const steps = ({ stdout }: Ended): unknown =>
      (JSON.parse(stdout) as Run[])[0]?.steps.map(({ events, mprotect, dump }) => [
        events,
        mprotect,
        dump,
      ]);
    expect(steps(mine)).toEqual(steps(theirs));
  });
});

describe('a strategy that is wrong', () => {
  it('is refuted by a scenario that anyone can run', async () => {
    const out = join(FOLDER, 'rc1.yaml');
    const { code, stdout } = await check('--strategy', 'merged-rc1', '-o', out, '--json');
    expect(code).toBe(1);
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ strategy: 'merged-rc1', exhaustive: false, violations: 1 });
    const { counterExample } = verdict;
    expect(counterExample.invariant).toBe('exclusive-writable');
    expect(readFileSync(out, 'utf8')).toBe(counterExample.scenario);
    expect(counterExample.traces.judged).toContainEqual({
      fn: 'folio_pte_batch',
      text: 'returns 1',
    });
    const shown = counterExample.entries.find(
      (entry: CheckedEntry) => entry.page === counterExample.page,
    );
    expect(shown.perPte).toBe(shown.before);
    expect(shown.after).not.toBe(shown.before);
    const repeated = await ptelab([...counterExample.command.split(' ').slice(1), '--json']);
    const [perPte, rc1] = JSON.parse(repeated.stdout);
    const end = (run: Run): unknown =>
      run.steps.findLast(({ op }) => op.startsWith('dump after'))?.dump?.pages[1]?.pte;
    expect([end(perPte), end(rc1)]).toEqual([shown.perPte, shown.after]);
  });

  it.each([
    ['throws', "throw new RangeError('no');", 'threw RangeError: no', 'throws'],
    ['returns-nothing', 'return 0;', 'returned 0, expected 1 to 1', 'returns'],
    [
      'loops',
      'for (;;) if (range.end < 0) return 1;',
      'did not return within 2 s',
      'does not return',
    ],
    ['leaves', 'process.exit(0);', 'threw Error: process.exit(0) called', 'throws'],
  ])('is refuted if it %s', async (name, body, text, lastLine) => {
    const { code, stdout } = await check(
      ...['--strategy', userStrategy(name, body), '--timeout', '2', '--json'],
    );
    expect(code).toBe(1);
    const { counterExample, states } = JSON.parse(stdout);
    expect(counterExample).toMatchObject({ invariant: 'contract', text });
    expect(counterExample.entries[0]).toMatchObject({ after: null });
    expect(counterExample.scenario).toContain('- mprotect:');
    expect(counterExample.traces.judged.at(-1).fn).toBe(lastLine);
    expect(counterExample.command).toMatch(/^ptelab check --strategy /);
    expect(states).toBeLessThan(10);
  });

  it('may print what it likes', async () => {
    const path = userStrategy('chatty', "console.log('hello'); return 1;");
    const { code, stdout, stderr } = await check('--strategy', path, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'chatty', violations: 1 });
    expect(stderr).toContain('hello');
  });
});

describe('a file that is no strategy ends with 2 and one line', () => {
  it.each([
    [
      'syntax.ts',
      'const a = 1;\nexport const x: = 1;\n',
      ':2:17: expected a module, found: Unexpected',
    ],
    ['none.ts', 'export const x = 1;\n', ': expected an export made by defineStrategy, found none'],
    [
      'other.ts',
      "export default { kind: 'strategy', apiVersion: 9, name: 'x', changePresentPtes: () => 1 };\n",
      ': expected a strategy of apiVersion 1, found 9',
    ],
    [
      'lost.ts',
      "import { x } from './nowhere.ts';\nexport default x;\n",
      ': expected an import that resolves, found "./nowhere.ts"',
    ],
    [
      'near.ts',
      "import { merged } from '@ptelab/mprotec';\nexport default merged;\n",
      ': expected an import that resolves, found "@ptelab/mprotec" (did you mean @ptelab/mprotect?)',
    ],
    [
      'top.ts',
      "\nthrow new TypeError('oops');\n",
      ':2: expected a module that loads, it throws TypeError: oops',
    ],
  ])('%s', async (name, text, message) => {
    const path = userFile(name, text);
    for (const verb of [['check'], ['run', 'scenarios/basics/hole.yaml']]) {
      const { code, stdout, stderr } = await ptelab([...verb, '--strategy', path]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^ptelab: [^\n]*\n$/);
      expect(stderr).toContain(`${path}${message}`);
    }
  });

  it.each([
    [['--strategy', './no.ts'], '--strategy: expected a file, found nothing at ./no.ts'],
    [
      ['--scope', 'smal'],
      '--scope: expected tiny, small, full, found "smal" (did you mean small?)',
    ],
    [['--timeout', '0'], '--timeout: expected a number above 0, found "0"'],
    [['--workers', 'x'], '--workers: expected a whole number from 1 on, found "x"'],
    [['--fuzz', '0'], '--fuzz: expected a whole number from 1 on, found "0"'],
    [['--shard', '3/2'], '--shard: expected I/N with I from 1 to N, found "3/2"'],
    [['--init', 'x.txt'], '--init: expected a name that ends in .ts, found x.txt'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await ptelab(['check', ...args]);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `ptelab: ${message}\n`,
    });
    expect(existsSync('x.txt')).toBe(false);
  });
});

describe('random stories', () => {
  it('say how many and from which seed', async () => {
    const { code, stdout } = await check('--fuzz', '20', '--seed', '7', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      states: 20,
      exhaustive: false,
      scope: ['random stories, --seed 7'],
    });
  });

  it('refute by a small story', async () => {
    const path = userStrategy('forgets', 'range.pages++; return 1;');
    const { code, stdout } = await check(
      '--fuzz',
      '50',
      '--seed',
      '7',
      '--strategy',
      path,
      '--json',
    );
    expect(code).toBe(1);
    const { counterExample } = JSON.parse(stdout);
    expect(counterExample.where).toMatch(/^a random story, seed \d+$/);
    expect(counterExample.scenario.split('\n').length).toBeLessThan(12);
  });

  it('show the story that a strategy does not come back from', async () => {
    const path = userStrategy('stuck', 'for (;;) if (range.end < 0) return 1;');
    const { code, stdout } = await check(
      ...['--fuzz', '50', '--seed', '7', '--strategy', path, '--timeout', '2', '--json'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout).counterExample).toMatchObject({
      invariant: 'contract',
      text: 'did not return within 2 s',
    });
  });
});
