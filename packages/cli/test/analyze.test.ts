import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { file, ptelab, ROOT } from './ptelab.fixture.ts';

const SNAPSHOT = 'packages/kernel/test/snapshots/folios.parquet';
const FAST = ['--arch', 'x86-64', '--kernel', '6.17'];

describe('ptelab analyze', () => {
  it('prints the figures of thpmaps', async () => {
    const { code, stdout } = await ptelab(['analyze', SNAPSHOT, '--thpmaps', '--cont', '16K,64K']);
    expect(code).toBe(0);
    const printed = readFileSync(
      `${ROOT}/packages/kernel/test/snapshots/folios.thpmaps.txt`,
      'utf8',
    );
    const figures = (text: string): string[] =>
      text.split('\n').filter((line) => /^(?:anon|file)-\S+: +\d+ kB/.test(line));
    const expected = figures(printed).filter(
      (line) => !line.includes('-cont-') || !line.includes('2048kB:'),
    );
    expect(figures(stdout.slice(0, stdout.indexOf('\nall\n')))).toEqual(expected);
  });

  it('says what was found, as text, Markdown and JSON', async () => {
    const text = await ptelab(['analyze', SNAPSHOT, ...FAST, '--vmas', '2']);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^python3: 2 processes\n/);
    expect(text.stdout).toContain('VMAs with most pages: 2 of ');
    const markdown = await ptelab(['analyze', SNAPSHOT, ...FAST, '--markdown']);
    expect(markdown.stdout).toContain('\n| ---: | ---: | ---: | ---: | ---: |\n');
    const json = JSON.parse((await ptelab(['analyze', SNAPSHOT, ...FAST, '--json'])).stdout);
    expect(json).toMatchObject({
      host: { arch: 'x86-64', pageSize: 4096 },
      rounds: [
        {
          machine: { kernel: '6.17', strategy: 'merged' },
          cost: { protect: { pricedAs: 'zen3' } },
        },
      ],
    });
  });

  it.each([
    [['analyze'], 'analyze: expected a snapshot or --pid, found neither'],
    [['analyze', SNAPSHOT, '--pid', '1'], 'analyze: expected a snapshot or --pid, found both'],
    [['analyze', 'no.parquet'], 'no.parquet: expected a snapshot, found nothing there'],
    [['analyze', 'packages'], 'packages: expected a snapshot in Parquet, found a directory'],
    [
      ['analyze', SNAPSHOT, '--cont', '3K'],
      '--cont: expected a power of two from 8K to 2048K, found "3K"',
    ],
    [['analyze', '--pid', '0'], '--pid: expected a process id, found "0"'],
    [['capture', '--pid', 'x', '-o', 'y'], '--pid: expected a process id, found "x"'],
    [
      ['capture', '--pid', '4194304', '-o', '/no/such/x'],
      '--output: expected a folder to write /no/such/x into, found none at /no/such',
    ],
  ])('ends with 2 and one line: %j', async (args, message) => {
    expect(await ptelab(args)).toEqual({ code: 2, stdout: '', stderr: `ptelab: ${message}\n` });
  });

  it('refuses a damaged snapshot', async () => {
    const path = file('damaged.parquet', readFileSync(`${ROOT}/${SNAPSHOT}`).toString('latin1'));
    const { code, stderr } = await ptelab(['analyze', path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^ptelab: .*damaged\.parquet: expected a snapshot in Parquet, found [^\n]*\n$/,
    );
  });
});

describe.runIf(process.platform === 'linux')('ptelab capture', () => {
  it('writes a snapshot of a process, or nothing at all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ptelab-capture-'));
    const path = join(folder, 'own.parquet');
    const pid = String(process.pid);
    const { code, stdout } = await ptelab(['capture', '--pid', pid, '-o', path, '--json']);
    expect(code).toBe(0);
    const { vmas, info } = JSON.parse(stdout);
    expect(vmas).toBeGreaterThan(10);
    expect(info).toMatchObject({ version: 1, anonymised: true, processes: [{ gone: false }] });
    const none = await ptelab(['capture', '--pid', '4194304', '-o', join(folder, 'none')]);
    expect(none).toMatchObject({
      code: 2,
      stderr: 'ptelab: --pid 4194304: expected a process, found none\n',
    });
    expect(readdirSync(folder)).toEqual(['own.parquet']);
  });
});
