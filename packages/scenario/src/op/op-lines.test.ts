import { expect, it } from 'vitest';
import { opLinesOfScenario, scenarioFromOpLines } from './op-lines.ts';

it('numbers the lines', () => {
  const scenario = scenarioFromOpLines('story', ['mmap 0 4 rw anon', 'w 0 4']);
  expect(scenario.steps.map((step) => step.line)).toEqual([1, 2]);
  expect(opLinesOfScenario(scenario)).toEqual(['mmap 0 4 rw anon', 'w 0 4']);
});

it.each([
  [['mmap 0 4 rw anon', 'wx 0 4'], /^story:2: expected a verb .*found "wx"$/],
  [['mmap 0 4 rw anon', 'mmap 3 1 rw anon'], 'story:2: expected pages that are not mapped'],
  [['child k1 x'], 'story:1: expected a child that lives, found k1'],
])('names the line of a mistake: %j', (lines, message) => {
  expect(() => scenarioFromOpLines('story', lines)).toThrow(message);
});
