import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { BenchError, EXIT } from '../bench-error.ts';
import { readResult } from './read-result.ts';
import { RESULT } from './result.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptelab-result-'));
const path = join(folder, 'before.json');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function complaint(text: string): BenchError {
  writeFileSync(path, text);
  try {
    readResult(path);
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
  throw new Error('the text was taken for a result');
}

it('reads what was written', () => {
  writeFileSync(path, JSON.stringify(RESULT));
  expect(readResult(path)).toEqual(RESULT);
});

const { speed } = RESULT.suites;

it.each([
  ['', 'not JSON: '],
  ['{"formatVersion":', 'not JSON: '],
  ['{\n  oops\n}', 'not JSON: '],
  ['[\n  oops\n]', 'not JSON: '],
  ['null', 'the document: '],
  ['[]', 'the document: '],
  ['{}', 'formatVersion: expected 4, found nothing'],
  ['{"formatVersion":1}', 'formatVersion: expected 4, found 1'],
  ['{"formatVersion":4}', 'startedAt: '],
  [JSON.stringify({ ...RESULT, seconds: null }), 'seconds: '],
  [JSON.stringify({ ...RESULT, suites: { paper: {} } }), 'suites.paper.rows: '],
  [
    JSON.stringify({ ...RESULT, suites: { speed: { ...speed, rows: [{ arch: 'mips' }] } } }),
    'suites.speed.rows.0.arch: ',
  ],
])('refuses %s', (text, message) => {
  const error = complaint(text);
  expect(error.message.startsWith(`${path}: ${message}`), error.message).toBe(true);
  expect(error.message).not.toContain('\n');
  expect(error.exitCode).toBe(EXIT.usage);
});

it('says which file is not there', () => {
  expect(() => readResult('/nowhere/before.json')).toThrow(/^--baseline: ENOENT.*before\.json/);
});
