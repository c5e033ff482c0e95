import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { file, ptelab } from './ptelab.fixture.ts';

function holds(test: () => unknown): boolean {
  try {
    test();
    return true;
  } catch {
    return false;
  }
}

const COMPILER = process.env.CC ?? 'cc';

/** Whether this machine has what looking at its kernel takes. */
const CAPABLE =
  process.platform === 'linux' &&
  process.geteuid?.() === 0 &&
  holds(() => {
    accessSync('/proc/kpageflags', constants.R_OK);
  }) &&
  holds(() => {
    accessSync('/sys/kernel/mm/transparent_hugepage/enabled', constants.W_OK);
  }) &&
  holds(() => execFileSync(COMPILER, ['--version']));

const THP = '/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled';

describe.runIf(CAPABLE)('on a machine that shows its kernel', () => {
  it(
    'verify finds no difference in stories, and puts settings back',
    { timeout: 60_000 },
    async () => {
      const before = readFileSync(THP, 'utf8');
      const args = ['verify', '--stories', '5', '--seed', '1', '--json'];
      const { code, stdout, stderr } = await ptelab(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const summary: unknown = JSON.parse(stdout);
      expect(summary).toMatchObject({ stories: 5, recordings: 5, mismatches: 0, differences: [] });
      expect(readFileSync(THP, 'utf8')).toBe(before);
    },
  );

  it('what record writes conform reads', { timeout: 60_000 }, async () => {
    const story = file(
      'one.txt',
      'scenario a_x\nmmap 0 16 rw anon\nw 0 16\nmprotect 0 4 r\ndump d 0 16\n',
    );
    const out = file('one.ndjson.gz', '');
    expect(await ptelab(['record', story, '-o', out])).toMatchObject({ code: 0, stdout: '' });
    const { code, stdout } = await ptelab(['conform', out, '--mode', 'story', '--json']);
    expect(code).toBe(0);
    const summary: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ recordings: 1, ptes: 0, pagemap: 16, mismatches: 0 });
  });
});

it('without a compiler both end with 3 and one line', async () => {
  const story = file('two.txt', 'scenario a_x\nmmap 0 1 rw anon\n');
  for (const args of [
    ['verify', '--stories', '1'],
    ['record', story, '-o', file('two.ndjson', '')],
  ]) {
    const { code, stdout, stderr } = await ptelab(args, { env: { CC: '/nowhere/cc' } });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^ptelab: expected [^\n]*\n$/);
  }
});

it.each([
  [['record', 'scenarios/basics/hole.yaml'], '-o: expected a file, found nothing'],
  [
    ['verify', '--fuzz', '1', '--stories', '1'],
    '--fuzz: expected either --fuzz or --stories, found both',
  ],
  [['verify', '--stories', 'x'], '--stories: expected a whole number from 0 on, found "x"'],
  [['verify', '--scenario', 'no.txt'], 'no.txt: expected a file, found nothing there'],
])('%j is bad usage', async (args, message) => {
  const { code, stdout, stderr } = await ptelab(args);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `ptelab: ${message}\n` });
});
