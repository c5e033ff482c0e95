import { expect, it } from 'vitest';
import { ptelab } from './ptelab.fixture.ts';

const RECORDING = 'recordings/arm64-7.2.ndjson.gz';

it('compares a family and prints counts', async () => {
  const { code, stdout, stderr } = await ptelab(['conform', RECORDING, '--family', 'a_64k']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\n\d+ steps compared, 0 skipped: nothing differs\n$/);
});

it('prints NDJSON that ends with the summary', async () => {
  const { code, stdout } = await ptelab(['conform', RECORDING, '--family', 'a_64k', '--json']);
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines.slice(0, -1).map((line) => Object.keys(line))).toEqual([['file']]);
  expect(Object.keys(lines.at(-1)!)).toEqual([
    'files',
    'recordings',
    'steps',
    'ptes',
    'paeFlags',
    'mapcounts',
    'pagemap',
    'kpageflags',
    'faultVectors',
    'vmas',
    'smaps',
    'minflt',
    'counters',
    'mismatches',
    'unsupported',
    'byFamily',
    'inputs',
  ]);
});

it('does not pass a family that nothing is called', async () => {
  const { code, stdout, stderr } = await ptelab(['conform', RECORDING, '--family', 'nobody']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('ptelab: expected recordings of family nobody, found none\n');
});

it('refuses a file that is no recording', async () => {
  const { code, stderr } = await ptelab(['conform', 'package.json']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ptelab: package\.json[^\n]*\n$/);
});
