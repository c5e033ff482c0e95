import { describe, expect, it } from 'vitest';
import { file, ptelab } from './ptelab.fixture.ts';

const HOLE = 'scenarios/basics/hole.yaml';

describe('bad usage and bad input end with 2 and one line', () => {
  it.each([
    [['rnu'], "unknown command 'rnu' (Did you mean run?)"],
    [['run'], "missing required argument 'scenario'"],
    [['run', HOLE, '--jsno'], "unknown option '--jsno' (Did you mean --json?)"],
    [['run', 'no.yaml'], 'no.yaml: expected a file, found nothing there'],
    [['run', 'scenarios'], 'scenarios: expected a file, found a directory'],
    [
      ['run', HOLE, '--arch', 'arm64,x86_64'],
      '--arch: expected arm64, x86-64, found "x86_64" (did you mean x86-64?)',
    ],
    [
      ['compare', HOLE, '--kernel', '6.17-rc2'],
      '--kernel: expected 6.12, 6.16, 6.17-rc1, 6.17, 6.18, 6.19, 7.1, 7.2, 7.3, found "6.17-rc2" (did you mean 6.17-rc1?)',
    ],
    [
      ['run', HOLE, '--strategy', './no.mjs'],
      '--strategy: expected a file, found nothing at ./no.mjs',
    ],
    [
      ['compare', HOLE, '--cost', 'apple-m4'],
      /^--cost: expected .*apple-m3.*, found "apple-m4" \(did you mean apple-m3\?\)$/,
    ],
    [
      ['compare', HOLE, '--arch', 'x86-64', '--cost', 'apple-m3'],
      '--cost: expected a machine of x86-64, found apple-m3: arm64',
    ],
    [
      ['compare', HOLE, '--cost', 'zen3,zen4'],
      '--cost: expected one machine for each architecture, found zen3 and zen4',
    ],
    [
      ['compare', HOLE, '--html', 'scenarios'],
      '--html: expected a file, found a directory at scenarios',
    ],
    [
      ['compare', HOLE, '--html', 'no/such/x.html'],
      '--html: expected a folder to write no/such/x.html into, found none at no/such',
    ],
    [['conform', 'no.ndjson.gz'], 'no.ndjson.gz: expected a recording, found nothing there'],
    [
      ['conform', HOLE, '--mode', 'stroy'],
      '--mode: expected step, story, found "stroy" (did you mean story?)',
    ],
    [['decode', '0xg'], 'expected up to 16 hexadecimal digits, found "0xg"'],
    [['decode'], 'expected raw entries in hexadecimal or --encode, found neither'],
    [
      ['decode', '--encode', 'pfn=1,prot=rq'],
      /^--encode: expected prot, one of n, .*rwx, found "rq"$/,
    ],
    [
      ['decode', '--encode', 'pfn=1,prot=r,diryt'],
      /^--encode: expected pfn=N, .*found "diryt" \(did you mean dirty\?\)$/,
    ],
    [['decode', '--encode', 'prot=r'], /^--encode: expected pfn and prot, e\.g\. /],
    [['decode', '--encode', 'pfn=-1,prot=r'], /^--encode: expected pfn, a frame number /],
    [
      ['decode', '--encode', 'pfn=1,prot=r,cont', '--arch', 'x86-64'],
      '--encode: expected a flag of x86-64, which has no contiguous bit',
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await ptelab(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ptelab: [^\n]*\n$/);
    const said = stderr.slice('ptelab: '.length, -1);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('names file, line and column of a mistake in a scenario', async () => {
    const path = file('keys.yaml', 'name: x\nsteps:\n  - munmap: { at: 0, page: 4 }\n');
    const { code, stderr } = await ptelab(['run', path]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `ptelab: ${path}:3:22: expected one of at, pages, found "page" (did you mean pages?)\n`,
    );
  });

  it('refuses folio sizes that 4K pages do not have', async () => {
    const path = file('thp.yaml', 'name: x\nsteps:\n  - thp: { kb: 4096, enabled: always }\n');
    const { code, stderr } = await ptelab(['run', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${path}:3: expected a folio size up to 2048 KiB`);
  });

  it('says it as JSON on standard error under --json', async () => {
    const { code, stdout, stderr } = await ptelab(['run', 'no.yaml', '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'no-file', message: 'no.yaml: expected a file, found nothing there' },
    });
  });

  it('shows a stack trace only with --debug', async () => {
    expect((await ptelab(['run', 'no.yaml', '--debug'])).stderr).toMatch(/\n {4}at /);
    expect((await ptelab(['run', 'no.yaml'])).stderr).not.toMatch(/\n {4}at /);
  });
});

describe('help', () => {
  it.each(['run', 'compare', 'check', 'conform', 'verify', 'record', 'cost', 'decode', 'explain'])(
    '%s has help with an example',
    async (verb) => {
      const { code, stdout, stderr } = await ptelab([verb, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`\n  ptelab ${verb} `);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it('is shown on standard error without a verb, which is bad usage', async () => {
    const { code, stdout, stderr } = await ptelab([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Exit codes: 0 all held');
  });

  it('prints the version', async () => {
    expect(await ptelab(['--version'])).toMatchObject({ code: 0, stderr: '' });
    expect((await ptelab(['-V'])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
