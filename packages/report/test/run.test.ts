import { scenarioFromOpLines } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { renderRun } from '../src/index.ts';
import { expecting, lacking, partial, run } from './runs.fixture.ts';

it.each(['arm64', 'x86-64'] as const)('writes a run on %s', async (arch) => {
  await expect(renderRun(run(partial, arch, '7.2'))).toMatchFileSnapshot(
    `snapshots/run-${arch}.txt`,
  );
});

it('writes a run as Markdown', async () => {
  const text = renderRun(run(partial, 'arm64', '7.2'), { format: 'markdown' });
  await expect(text).toMatchFileSnapshot('snapshots/run-markdown.txt');
});

it('says what did not hold, and where', () => {
  const text = renderRun(run(expecting, 'arm64', '7.2'));
  expect(text).toContain('step 4 (line 4): batches: expected [16], found [8,8]\n');
  expect(text).toContain('1 of 2 failed');
});

it('writes what a step predicts, equal pages together', () => {
  const lines = [
    'thp 64 always',
    'mmap 0 48 rw anon',
    'w 0 32',
    'forkexit k',
    'w 16 1',
    'mprotect 0 8 r',
    'predict 0 48 write',
  ];
  const text = renderRun(run(scenarioFromOpLines('x', lines), 'arm64', '7.2'));
  expect(text).toContain(`Step 7: predict 0 48 write

pages   each touch                           faults
0..7    segv: SIGSEGV                      0 faults
8..15   reuse                               1 fault
16      goes through                       0 faults
17..31  reuse                               1 fault
32..47  anon-new order 4, serves 16 pages   1 fault
`);
});

it('says what the model lacks', () => {
  expect(renderRun(run(lacking, 'arm64', '7.2'))).toMatch(
    /\nstep 3: not modelled: sysw; the run ends before it\n$/,
  );
});

it('fits 80 columns', () => {
  for (const line of renderRun(run(partial, 'arm64', '6.16')).split('\n')) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
});
