import type { ConformSummary, FileReport, Mismatch } from '@ptelab/kernel';
import { expect, it } from 'vitest';
import { renderConform, renderMismatches } from '../src/index.ts';

const counts = {
  recordings: 33,
  steps: 720,
  ptes: 1_046_080,
  paeFlags: 90_514,
  mapcounts: 181_028,
  pagemap: 1_046_080,
  kpageflags: 90_514,
  faultVectors: 12,
  vmas: 40,
  smaps: 600,
  minflt: 720,
  counters: 7_200,
  mismatches: 0,
  unsupported: 5,
};
const file: FileReport = {
  ...counts,
  file: '/somewhere/recordings/arm64-7.3-lpa2.ndjson.gz',
  arch: 'arm64',
  kernel: '7.3.4',
  cpu: 'max',
  lacks: { uffd: 2, 'madvise FREE': 3 },
  inputs: { 'switched-out': 4 },
};
const other: FileReport = { ...file, file: 'amd64-7.2.ndjson.gz', lacks: { uffd: 9 } };
const summary: ConformSummary = {
  ...counts,
  files: 2,
  byFamily: { a: counts, k: counts },
  inputs: { 'switched-out': 8 },
};
const mismatch: Mismatch = {
  file: 'amd64-7.2.ndjson.gz',
  recording: 'e_64k_x',
  step: 6,
  op: 'mprotect 0 16 r',
  what: 'pte 17',
  expected: '0x1',
  found: '0x2',
};

it('writes counts, families and what is skipped', async () => {
  const text = renderConform(summary, [file, other]);
  await expect(text).toMatchFileSnapshot('snapshots/conform.txt');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('writes Markdown', async () => {
  const text = renderConform(summary, [file], { format: 'markdown' });
  await expect(text).toMatchFileSnapshot('snapshots/conform-markdown.txt');
});

it('does not say that nothing differs when something does', () => {
  const text = renderConform({ ...summary, mismatches: 2 }, [file]);
  expect(text).toContain('720 steps compared, 5 skipped: 2 things differ\n');
});

it('writes mismatches', () => {
  expect(renderMismatches([mismatch], 4)).toBe(
    `What differs

amd64-7.2 e_64k_x step 7: mprotect 0 16 r
  pte 17: the kernel has 0x1, the model 0x2

and 4 more
`,
  );
});
