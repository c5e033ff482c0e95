import { scenarioFromOpLines } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { renderCompare, type Style } from '../src/index.ts';
import { lacking, partial, run } from './runs.fixture.ts';

const four = [
  run(partial, 'arm64', '6.16'),
  run(partial, 'arm64', '7.2'),
  run(partial, 'x86-64', '6.16'),
  run(partial, 'x86-64', '7.2'),
];

describe('renderCompare', () => {
  it('writes machines side by side', async () => {
    await expect(renderCompare(four)).toMatchFileSnapshot('snapshots/compare.txt');
  });

  it('writes Markdown', async () => {
    const text = renderCompare(four, { format: 'markdown' });
    await expect(text).toMatchFileSnapshot('snapshots/compare-markdown.txt');
  });

  it('fits the width, in more than one table if it must', () => {
    for (const width of [60, 80, 120]) {
      for (const line of renderCompare([...four, ...four], { width }).split('\n')) {
        expect(line.length).toBeLessThanOrEqual(width);
      }
    }
  });

  it('compares two architectures with each other if there is one machine of each', () => {
    const text = renderCompare([four[0]!, four[2]!]);
    expect(text).toContain('*: differs from the first machine\n');
    expect(text).toMatch(/rawReads +\d+ +\d+\*/);
  });

  it('marks nothing if nothing differs', () => {
    expect(renderCompare([four[0]!, four[0]!])).not.toMatch(/\d\*/);
  });

  it('says which machine ended early', () => {
    const text = renderCompare([run(lacking, 'arm64', '7.2'), run(lacking, 'arm64', '7.3')]);
    expect(text).toContain('step 3: not modelled: sysw');
    expect(text).not.toContain('Final entries');
  });

  it('shows the first final entries that differ', () => {
    const none = scenarioFromOpLines('none', [
      'thp 64 always',
      'mmap 0 16 rw anon',
      'w 0 16',
      'mprotect 0 16 n',
    ]);
    const text = renderCompare([run(none, 'arm64', '7.2'), run(none, 'arm64', '7.3')]);
    expect(text.slice(text.indexOf('Final'))).toMatchInlineSnapshot(`
      "Final entries

      arm64: 16 of 16 entries end differently

            arm64               arm64
            7.2                 7.3
      page  single-fast-path    single-fast-path
         0  0x00f0000010000f82  0x00e0000010000f82
         1  0x00f0000010001f82  0x00e0000010001f82
         2  0x00f0000010002f82  0x00e0000010002f82
         3  0x00f0000010003f82  0x00e0000010003f82
      "
    `);
  });

  it('is empty without runs', () => {
    expect(renderCompare([])).toBe('\n');
  });

  it('colours only what it marks, and leaves the text the same', () => {
    const tags: Style = {
      heading: (text) => `<h>${text}</h>`,
      good: (text) => `<g>${text}</g>`,
      bad: (text) => `<b>${text}</b>`,
      differs: (text) => `<d>${text}</d>`,
      quiet: (text) => `<q>${text}</q>`,
    };
    const text = renderCompare(four, { style: tags });
    expect(text).toMatch(/<d>\d+\*<\/d>/);
    expect(text.replaceAll(/<\/?[hgbdq]>/g, '')).toBe(renderCompare(four));
  });
});
