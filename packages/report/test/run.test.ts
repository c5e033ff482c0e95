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
