import { singleFastPath } from '@ptelab/mprotect';
import { formatOpLine } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { judgeStory } from './judged-story.ts';
import { smallStories } from './small-stories.ts';

it('lists every story once, shortest first', () => {
  const stories = [...smallStories(2)].map((story) => story.map(formatOpLine).join('; '));
  // Ten steps; after the fork nine, for there is one child.
  expect(stories).toHaveLength(10 + 10 * 10 - 1);
  expect(new Set(stories).size).toBe(stories.length);
  const lengths = stories.map((story) => story.length);
  expect(Math.max(...lengths.slice(0, 10))).toBeLessThan(Math.max(...lengths));
});

it('finds nothing wrong with today’s kernels, with either kind of TLB', () => {
  for (const arch of ['arm64', 'x86-64'] as const) {
    for (const tlb of ['block', 'page'] as const) {
      for (const story of smallStories(2)) {
        expect(judgeStory(story, singleFastPath, { arch, kernel: '7.3' }, { tlb })).toBeNull();
      }
    }
  }
});
