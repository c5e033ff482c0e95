import { describe, expect, it } from 'vitest';
import {
  formatOpLine,
  formatScenario,
  opLinesOfScenario,
  parseOpLine,
  parseScenario,
  scenarioFromOpLines,
  type Operation,
} from '../src/index.ts';
// Every distinct op line of the recordings in recordings/.
import text from './op-lines.txt?raw';

const lines = text.trimEnd().split('\n');

/** Steps that must come before a line so that its ids are known. */
function prelude(operation: Operation): string[] {
  const child =
    operation.op === 'child' ? operation.id : operation.op === 'dump' ? operation.child : undefined;
  if (child !== undefined) return [`fork ${child}`];
  if (operation.op === 'fwrite' || operation.op === 'fsync')
    return [`file ${operation.id} /shm0/f 512`];
  if (operation.op === 'mmap' && operation.file !== undefined)
    return [`file ${operation.file} /shm0/f 512`];
  return [];
}

describe('op lines of recordings', () => {
  it('are all there', () => {
    expect(lines.length).toBe(new Set(lines).size);
    expect(lines.length).toBeGreaterThan(700);
  });

  it('round-trip through parseOpLine and formatOpLine', () => {
    expect(lines.map((line) => formatOpLine(parseOpLine(line)))).toEqual(lines);
  });

  it('round-trip through scenarios and YAML', () => {
    for (const line of lines) {
      const story = [...prelude(parseOpLine(line)), line];
      const yaml = formatScenario(scenarioFromOpLines('one-line', story));
      expect(opLinesOfScenario(parseScenario(yaml, line))).toEqual(story);
    }
  });
});
