import { describe, expect, it } from 'vitest';
import { createMachine } from './machine.ts';
import type { Run } from './run-result.ts';
import { runScenario } from './run.ts';
import { parseScenario } from './yaml/parse.ts';

/** A 64K folio made read-only, with `lines` as expectation. */
function run(lines: readonly string[], kernel: '6.16' | '6.17' = '6.17'): Run {
  const text = [
    'name: x',
    'steps:',
    '  - thp: { kb: 64, enabled: always }',
    '  - mmap: { at: 0, pages: 16, prot: rw, kind: anon }',
    '  - write: { at: 0, pages: 16 }',
    '  - mprotect: { at: 0, pages: 16, prot: r }',
    '    expect:',
    ...lines.map((line) => `      ${line}`),
  ].join('\n');
  return runScenario(parseScenario(text, 'x'), createMachine({ arch: 'arm64', kernel }));
}

const facts = (result: Run): readonly string[] =>
  result.steps.flatMap((step) =>
    step.expectations.map(
      ({ what, expected, found, held }) =>
        `${what} ${expected} ${found} ${held ? 'held' : 'failed'}`,
    ),
  );

describe('expectations', () => {
  it('hold', () => {
    const lines = [
      'error: null',
      'changed: 16',
      'batches: [16]',
      'faults: 0',
      'events: { rawReads: 3, xchg: 16 }',
    ];
    expect(facts(run(lines))).toEqual([
      'error null null held',
      'changed 16 16 held',
      'batches [16] [16] held',
      'faults 0 0 held',
      'events.rawReads 3 3 held',
      'events.xchg 16 16 held',
    ]);
  });

  it('fail one by one and show what was found', () => {
    const lines = [
      'error: ENOMEM',
      'changed: 15',
      'batches: [8, 8]',
      'events: { rawReads: 4, xchg: 16 }',
    ];
    expect(facts(run(lines))).toEqual([
      'error "ENOMEM" null failed',
      'changed 15 16 failed',
      'batches [8,8] [16] failed',
      'events.rawReads 4 3 failed',
      'events.xchg 16 16 held',
    ]);
  });

  it.each([
    ['{ arch: arm64 }', 1],
    ['{ arch: x86-64 }', 0],
    ['{ kernel: 6.17 }', 1],
    ['{ kernel: [6.12, 6.16] }', 0],
    ['{ strategy: merged }', 1],
    ['{ arch: arm64, strategy: per-pte }', 0],
  ])('on %s apply to merged on arm64 6.17: %i', (on, nr) => {
    expect(facts(run([`- on: ${on}`, '  changed: 16']))).toHaveLength(nr);
  });

  it('see one batch per entry where there is no batching', () => {
    expect(facts(run(['batches: [16]'], '6.16'))[0]).toMatch(/^batches \[16\] \[1,1,.*failed$/);
  });
});
