import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import { readRecordings } from './read.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ptelab-read-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const dump = {
  t: 'dump',
  label: 'd',
  mm: 'self',
  off: 0,
  n: 1,
  pmd: ['0x0000000000000000'],
  pte: [null],
  pagemap: ['0x0000000000000000'],
  kpageflags: [null],
  pgflags: [null],
  kpagecount: [1],
  mapcount: [null],
  anon_excl: [null],
};

const recording = {
  schema: 1,
  scenario: 'x',
  kernel: '7.2.13',
  arch: 'arm64',
  cpu: 'neoverse-n1',
  config: {},
  page_size: 4096,
  base: '0x100000000000',
  source: ['scenario x'],
  status: 0,
  steps: [dump],
};

async function readAll(path: string): Promise<number> {
  let count = 0;
  for await (const { scenario } of readRecordings(path)) count += scenario.length > 0 ? 1 : 0;
  return count;
}

function write(name: string, content: Buffer | string): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

async function messageOf(path: string): Promise<string> {
  try {
    await readAll(path);
  } catch (error) {
    if (error instanceof PtelabInputError) return error.message.replace(`${scratch}/`, '');
    throw error;
  }
  return 'no error';
}

describe('good files', () => {
  it('reads plain and compressed lines, with or without a last newline', async () => {
    const text = `${JSON.stringify({ t: 'info', release: '7.2.13', cpuinfo: '' })}\n${JSON.stringify(recording)}`;
    expect(await readAll(write('plain.ndjson', text))).toBe(1);
    expect(await readAll(write('zipped.ndjson.gz', gzipSync(`${text}\n\n`)))).toBe(1);
  });
});

describe('bad files give one line: file, place, expected, found', () => {
  const line = (change: object) => JSON.stringify({ ...recording, ...change });
  const withDump = (change: object) => line({ steps: [{ ...dump, ...change }] });
  it.each([
    ['not-json', '{"a":', /^bad\.ndjson:1: expected a JSON object: /],
    ['an array', '[]', 'bad.ndjson:1: expected an object, found []'],
    ['another schema', line({ schema: 2 }), 'bad.ndjson:1: schema: expected 1, found 2'],
    ['no schema', line({ schema: undefined }), 'bad.ndjson:1: schema: expected 1, found nothing'],
    [
      'an unknown arch',
      line({ arch: 'riscv' }),
      'bad.ndjson:1: arch: expected amd64 or arm64, found "riscv"',
    ],
    [
      'other pages',
      line({ page_size: 16384 }),
      'bad.ndjson:1: page_size: expected 4096, found 16384',
    ],
    [
      'an unknown step',
      line({ steps: [{ t: 'x' }] }),
      'bad.ndjson:1: steps[0].t: expected op, dump, faults or vmas, found "x"',
    ],
    [
      'bad hex',
      withDump({ pte: ['0x12g4'] }),
      'bad.ndjson:1: steps[0].pte[0]: expected 0x and 16 hexadecimal digits, found "0x12g4"',
    ],
    [
      'too few entries',
      withDump({ pte: [] }),
      'bad.ndjson:1: steps[0].pte: expected 1 elements, found 0',
    ],
    [
      'too many pages',
      withDump({ n: 1e9 }),
      'bad.ndjson:1: steps[0].n: expected at most 32768 pages, found 1000000000',
    ],
    [
      'a negative page',
      withDump({ off: -1 }),
      'bad.ndjson:1: steps[0].off: expected a whole number from 0, found -1',
    ],
    [
      'a word for a number',
      withDump({ mapcount: ['x'] }),
      'bad.ndjson:1: steps[0].mapcount[0]: expected a number or null, found "x"',
    ],
    [
      'an op without a line',
      line({ steps: [{ t: 'op', ret: 0 }] }),
      'bad.ndjson:1: steps[0].op: expected a string, found nothing',
    ],
    [
      'a bad vector',
      line({ steps: [{ t: 'faults', label: 'w', access: 'w', off: 0, n: 1, step: 1, vec: 'q' }] }),
      'bad.ndjson:1: steps[0].vec: expected digits and S, found "q"',
    ],
    [
      'a bad access',
      line({ steps: [{ t: 'faults', label: 'w', access: 'x', off: 0, n: 1, step: 1, vec: '' }] }),
      'bad.ndjson:1: steps[0].access: expected r or w, found "x"',
    ],
    [
      'a bad VMA',
      line({ steps: [{ t: 'vmas', label: 'v', vmas: [7] }] }),
      'bad.ndjson:1: steps[0].vmas[0].: expected an object, found 7',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await messageOf(write('bad.ndjson', `${text}\n`))).toMatch(expected);
  });

  it('names the line', async () => {
    const path = write('second.ndjson', `${JSON.stringify(recording)}\n{}\n`);
    expect(await messageOf(path)).toBe('second.ndjson:2: schema: expected 1, found nothing');
  });

  it('a missing file', async () => {
    expect(await messageOf(join(scratch, 'none.ndjson.gz'))).toBe('none.ndjson.gz: no such file');
  });

  it('an empty file', async () => {
    expect(await messageOf(write('empty.ndjson', ''))).toBe(
      'empty.ndjson: expected recordings, found an empty file',
    );
  });

  it('a truncated archive', async () => {
    const whole = readFileSync(
      join(import.meta.dirname, '../../../../recordings/arm64-7.3.ndjson.gz'),
    );
    const path = write('cut.ndjson.gz', whole.subarray(0, whole.length / 2));
    expect(await messageOf(path)).toMatch(
      /^cut\.ndjson\.gz: can't be read: unexpected end of file/,
    );
  });

  it('an archive that is none', async () => {
    expect(await messageOf(write('none.gz', 'hello'))).toMatch(/^none\.gz: can't be read: /);
  });
});
