import { expect, it } from 'vitest';
import { shrinkStory } from './shrink.ts';

const STORY = [
  'thp 64 always',
  'mmap 0 64 rw anon',
  'w 0 64',
  'fork a',
  'child a w 3 4 1',
  'mprotect 0 64 r',
  'dump d 0 64',
];

it('leaves the lines and pages that matter, and a story that makes sense', async () => {
  const differs = (lines: readonly string[]): Promise<boolean> => {
    const child = lines.some((line) => line.startsWith('child a'));
    const range = lines
      .map((line) => /^mprotect (\d+) (\d+) r$/.exec(line))
      .find((m) => m !== null);
    const touches = Number(range?.[1]) <= 5 && Number(range?.[1]) + Number(range?.[2]) > 5;
    return Promise.resolve(child && touches);
  };
  const smallest = await shrinkStory(STORY, differs);
  expect(smallest.map((line) => line.split(' ')[0])).toEqual(['fork', 'child', 'mprotect']);
  expect(await differs(smallest)).toBe(true);
});

it('keeps a story whose difference does not come back', async () => {
  expect(await shrinkStory(STORY, () => Promise.resolve(false))).toEqual(STORY);
});
