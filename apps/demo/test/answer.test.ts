import { expect, it } from 'vitest';
import { filmBuffers } from '../src/model/film.ts';
import { filmStep, outlineOf, problemOf, runStory } from '../src/worker/answer.ts';

const STORY = `name: x
steps:
  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }
  - write: { at: 0, pages: 4 }
  - mprotect: { at: 0, pages: 4, prot: r }
    expect: [{ changed: 5 }]
`;

it('reads a story into words', () => {
  const { steps, window, beyond } = outlineOf(STORY);
  expect(steps.map(({ text, line }) => [line, text])).toEqual([
    [3, 'map pages 0 to 3: anon rw'],
    [4, 'write pages 0 to 3'],
    [5, 'mprotect pages 0 to 3: r'],
  ]);
  expect([window, beyond]).toEqual([{ at: 0, pages: 16 }, 0]);
});

it('runs it, with what did not hold, and prices it on all machines of the architecture', () => {
  const { strategy, steps, costs } = runStory(STORY, { arch: 'arm64', kernel: '6.16' }, null);
  expect(strategy).toBe('per-pte');
  expect(steps[2]).toMatchObject({ changed: 4, failed: ['changed: expected 5, found 4'] });
  expect(Object.keys(costs)).toContain('apple-m3');
  expect(Object.values(costs).every((each) => each.length === 1)).toBe(true);
});

it('films a step into buffers that can be handed over', () => {
  const film = filmStep(STORY, { arch: 'x86-64', kernel: '7.3' }, 'page', 2);
  const buffers = filmBuffers(film);
  expect(new Set(buffers).size).toBe(buffers.length);
  expect(structuredClone(film, { transfer: buffers }).events.count).toBeGreaterThan(4);
  expect(film.events.count).toBeGreaterThan(0);
});

it('says in a line what is wrong, and where', () => {
  const problem = (text: string): unknown => {
    try {
      return outlineOf(text);
    } catch (error) {
      return problemOf(error);
    }
  };
  expect(problem(STORY.replace('mmap', 'map'))).toMatchObject({ line: 3 });
  expect(problem('')).toMatchObject({ message: expect.not.stringContaining('story:') });
});
