import { expect, it } from 'vitest';
import { formatScenario } from '../yaml/format.ts';
import { parseScenario } from '../yaml/parse.ts';
import { opLinesOfScenario, scenarioFromOpLines } from './op-lines.ts';

it('numbers the lines', () => {
  const scenario = scenarioFromOpLines('story', ['mmap 0 4 rw anon', 'w 0 4']);
  expect(scenario.steps.map((step) => step.line)).toEqual([1, 2]);
  expect(opLinesOfScenario(scenario)).toEqual(['mmap 0 4 rw anon', 'w 0 4']);
});

it('of operations that no recorder has round-trip too', () => {
  const lines = [
    'mmap 0 4 rw anon',
    'node 0 4 1',
    'numa_scan 0 4',
    'fork k1',
    'predict 0 4 write',
    'predict 1 2 read k1',
  ];
  const scenario = scenarioFromOpLines('story', lines);
  expect(opLinesOfScenario(scenario)).toEqual(lines);
  const yaml = formatScenario(scenario);
  expect(yaml).toContain(
    '- node: { at: 0, pages: 4, node: 1 }\n  - numa_scan: { at: 0, pages: 4 }',
  );
  expect(yaml).toContain('- predict: { at: 1, pages: 2, access: read, child: k1 }');
  expect(opLinesOfScenario(parseScenario(yaml, 'f.yaml'))).toEqual(lines);
});

it.each([
  [['node 0 4'], 'story:1: expected node, found the end of "node 0 4"'],
  [['mmap 0 4 rw anon', 'wx 0 4'], /^story:2: expected a verb .*found "wx"$/],
  [['mmap 0 4 rw anon', 'mmap 3 1 rw anon'], 'story:2: expected pages that are not mapped'],
  [['predict 0 4 exec'], 'story:1: expected access (read, write), found "exec"'],
  [['predict 0 4 read k1'], 'story:1: expected a child that lives, found k1'],
  [['child k1 x'], 'story:1: expected a child that lives, found k1'],
])('names the line of a mistake: %j', (lines, message) => {
  expect(() => scenarioFromOpLines('story', lines)).toThrow(message);
});
