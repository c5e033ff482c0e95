import { parseScenario } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { mappedPages, MOST_PAGES, storyWindow } from './story-window.ts';

const story = (...steps: string[]): ReturnType<typeof parseScenario> =>
  parseScenario(`name: x\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`, 'x');

it('is whole blocks around all that is ever mapped', () => {
  const moved = story(
    'mmap: { at: 20, pages: 4, prot: rw, kind: anon }',
    'mremap: { at: 20, pages: 4, to: 50 }',
  );
  expect(storyWindow(moved)).toEqual({ at: 16, pages: 48 });
});

it('is a block where nothing is mapped, and never more than can be shown', () => {
  expect(storyWindow(story('thp: { kb: 64, enabled: always }'))).toEqual({ at: 0, pages: 16 });
  const vast = story('mmap: { at: 0, pages: 1000000, prot: rw, kind: anon }');
  expect(storyWindow(vast).pages).toBe(MOST_PAGES);
  expect(mappedPages(vast)).toBe(1_000_000);
});
