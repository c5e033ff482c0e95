import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformFiles, type ConformMode, type Mismatch } from '../src/index.ts';

const folder = join(import.meta.dirname, '../../../recordings');
const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));

async function conform(file: string, mode: ConformMode, family?: string) {
  const mismatches: Mismatch[] = [];
  const summary = await conformFiles([join(folder, file)], {
    mode,
    ...(family === undefined ? {} : { family }),
    onMismatch: (mismatch) => mismatches.push(mismatch),
  });
  return { summary, mismatches };
}

it('there are recordings of both architectures and three kernels', () => {
  for (const start of [
    'arm64-6.12',
    'arm64-7.2',
    'arm64-7.3',
    'amd64-6.12',
    'amd64-7.2',
    'amd64-7.3',
  ]) {
    expect(files.some((name) => name.startsWith(start))).toBe(true);
  }
});

describe('step mode agrees with every recorded mprotect', () => {
  it.each(files)('%s', async (file) => {
    const { summary, mismatches } = await conform(file, 'step');
    expect(mismatches).toEqual([]);
    expect(summary.unsupported).toBe(0);
    expect(summary.steps).toBeGreaterThan(0);
    expect(summary.ptes).toBeGreaterThan(5000);
  });
});

describe('story mode agrees from an empty address space', () => {
  it.each(files)('%s', async (file) => {
    const { summary, mismatches } = await conform(file, 'story');
    expect(mismatches).toEqual([]);
    expect(summary.unsupported).toBe(0);
    expect(summary.steps).toBeGreaterThan(0);
  });
});
