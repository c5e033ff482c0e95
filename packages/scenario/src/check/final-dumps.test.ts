import { expect, it } from 'vitest';
import { opLinesOfScenario, scenarioFromOpLines } from '../op/op-lines.ts';
import { withFinalDumps } from './final-dumps.ts';

/*
 * page   0        8        16       24    64   72
 *        |  unmapped |  one stretch  |    | moved |
 */
const story = [
  'mmap 0 16 rw anon',
  'mmap 16 8 r anon',
  'munmap 0 8',
  'mmap 32 8 rw anon',
  'mremap 32 8 64',
];

it('dumps every mapped stretch', () => {
  const lines = opLinesOfScenario(withFinalDumps(scenarioFromOpLines('s', story)));
  expect(lines.slice(story.length)).toEqual(['dump final 8 16', 'dump final 64 8']);
});

it('stops at the limit', () => {
  const lines = opLinesOfScenario(withFinalDumps(scenarioFromOpLines('s', story), 20));
  expect(lines.slice(story.length)).toEqual(['dump final 8 16', 'dump final 64 4']);
});
