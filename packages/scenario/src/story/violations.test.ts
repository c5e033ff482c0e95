import { expect, it, describe } from 'vitest';
import { unexpectedViolations } from '../expect.ts';
import { createMachine } from '../machine.ts';
import { scenarioFromOpLines } from '../op/op-lines.ts';
import type { StepResult } from '../run-result.ts';
import { runScenario, type RunOptions } from '../run.ts';
import type { Expectation } from '../scenario.ts';
import { formatScenario } from '../yaml/format.ts';
import { parseScenario } from '../yaml/parse.ts';

/** Pages 1 and 3 of a 16K folio are writable; series-v3 does not look. */
const LINES = [
  'thp 16 always',
  'mmap 0 4 rw anon',
  'w 0 4',
  'forkexit child',
  'w 1 1',
  'w 3 1',
  'mprotect 0 4 r',
  'w 1 1',
];

function steps(strategy: string, options: RunOptions, expected: Expectation[] = []): StepResult[] {
  const scenario = scenarioFromOpLines('stale', LINES);
  const withExpectation = {
    ...scenario,
    steps: scenario.steps.map((step, i) => (i === 6 ? { ...step, expect: expected } : step)),
  };
  const machine = createMachine({ arch: 'x86-64', kernel: '7.3', strategy });
  return [...runScenario(withExpectation, machine, options).steps];
}

describe('a run with a TLB', () => {
  it('tells what is stale after each step, as plain data', () => {
    const found = steps('series-v3', { tlb: 'block' });
    const rest = { pages: 1, when: 'call', cached: 'rw-', mapped: 'r--' };
    expect(found.map(({ violations }) => violations?.length)).toEqual([0, 0, 0, 0, 0, 0, 2, 0]);
    expect(found[6]?.violations).toEqual([
      { kind: 'StalePermission', at: 1, ...rest },
      { kind: 'StalePermission', at: 3, ...rest },
    ]);
    expect(found.map(unexpectedViolations).indexOf(true)).toBe(6);
    expect(found[7]).toMatchObject({ faults: 0, signals: 0 }); // the write goes through
  });

  it('finds nothing with what was merged', () => {
    const found = steps('merged', { tlb: 'block' });
    expect(found.flatMap(({ violations }) => violations)).toEqual([]);
    expect(found[7]).toMatchObject({ signals: 1 });
  });

  it.each([
    [2, true],
    [0, false],
    [['StalePermission'], true],
    [['StaleMapping', 'StalePermission'], false],
  ] as const)('expecting %o holds: %s', (violations, held) => {
    const step = steps('series-v3', { tlb: 'page' }, [{ violations }])[6];
    expect(step?.expectations.map((fact) => fact.held)).toEqual([held]);
    expect(step !== undefined && unexpectedViolations(step)).toBe(false);
  });

  it('names the child whose TLB it is, also when it is gone', () => {
    const run = runScenario(
      scenarioFromOpLines('child', ['mmap 0 4 rw anon', 'w 0 4', 'fork k', 'child k w 0 2 1']),
      createMachine({ arch: 'arm64', kernel: '7.3' }),
      { tlb: 'page' },
    );
    expect(run.tlb).toBe('page');
    expect(run.steps.map(({ violations }) => violations)).toEqual([[], [], [], []]);
  });
});

it('a run without one has no such fields', () => {
  const found = steps('series-v3', {});
  expect(found.every((step) => !('violations' in step))).toBe(true);
});

describe('in a scenario file', () => {
  const text = (top: string, violations: string): string => `name: x
${top}steps:
  - mmap: { at: 0, pages: 4, prot: rw, kind: anon }
    expect: { violations: ${violations} }
`;

  it('tlb stands at the top and survives writing', () => {
    const scenario = parseScenario(text('tlb: block\n', '[LostDirty]'), 'f.yaml');
    expect(scenario.tlb).toBe('block');
    expect(parseScenario(formatScenario(scenario), 'f.yaml')).toMatchObject({
      tlb: 'block',
      steps: [{ expect: [{ violations: ['LostDirty'] }] }],
    });
  });

  it.each([
    [
      'tlb: all\n',
      '0',
      'f.yaml:2:6: expected how contiguous entries get into the TLB (block, page), found "all"',
    ],
    [
      '',
      '0',
      'f.yaml:4:15: expected violations only in a scenario with tlb: block or page at its top',
    ],
    ['tlb: page\n', '[Stale]', /^f\.yaml:5:27: expected a count or kinds of violations \(/],
  ])('%s violations %s is refused', (top, violations, message) => {
    expect(() => parseScenario(text(top, violations), 'f.yaml')).toThrow(message);
  });
});
