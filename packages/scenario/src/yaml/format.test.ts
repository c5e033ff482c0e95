import { expect, it } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { formatScenario } from './format.ts';
import { parseScenario } from './parse.ts';

const scenario: Scenario = {
  name: '64k',
  title: 'Read-only and back: "quoted" # and all',
  description: 'Two lines.\nThe second.\n',
  steps: [
    { operation: { op: 'flushtlb' }, expect: [], line: 7 },
    { operation: { op: 'fork', id: '1e3' }, expect: [], line: 8 },
    {
      operation: { op: 'mprotect', at: 0, pages: 16, prot: 'r' },
      expect: [
        { on: { arch: ['arm64'], kernel: ['6.16'] }, batches: [16], events: { rawReads: 80 } },
        { error: null, changed: 16 },
      ],
      line: 9,
    },
    { operation: { op: 'swapoff' }, expect: [{ faults: 0 }], line: 16 },
  ],
};

const text = `name: 64k
title: 'Read-only and back: "quoted" # and all'
description: |
  Two lines.
  The second.
steps:
  - flushtlb
  - fork: { id: "1e3" }
  - mprotect: { at: 0, pages: 16, prot: r }
    expect:
      - on: { arch: [ arm64 ], kernel: [ "6.16" ] }
        batches: [ 16 ]
        events: { rawReads: 80 }
      - error: null
        changed: 16
  - swapoff: {}
    expect:
      - faults: 0
`;

it('writes a step on a line and an expectation on a few', () => {
  expect(formatScenario(scenario)).toBe(text);
});

it('is read back to the same scenario, lines included', () => {
  expect(parseScenario(text, 'f.yaml')).toEqual(scenario);
});
