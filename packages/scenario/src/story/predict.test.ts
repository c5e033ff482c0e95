import { describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { scenarioFromOpLines } from '../op/op-lines.ts';
import type { Run, StepResult } from '../run-result.ts';
import { runScenario } from '../run.ts';
import { parseScenario } from '../yaml/parse.ts';

const AFTER_FORK = ['thp 64 always', 'mmap 0 40 rw anon', 'w 0 32', 'forkexit k', 'w 5 1'];

function run(lines: readonly string[], kernel: '6.12' | '7.2'): Run {
  return runScenario(scenarioFromOpLines('x', lines), createMachine({ arch: 'x86-64', kernel }));
}

function last(lines: readonly string[], kernel: '6.12' | '7.2'): StepResult | undefined {
  return run(lines, kernel).steps.at(-1);
}

const own = (effect: string, order: number | null): object => ({ effect, order, serves: 1 });

describe('predict', () => {
  it.each([
    ['6.12', own('copy', 0)],
    ['7.2', own('reuse', null)],
  ] as const)('joins equal pages (%s)', (kernel, effect) => {
    const one = { faults: 1, effects: [effect], signal: null };
    expect(last([...AFTER_FORK, 'predict 0 36 write'], kernel)?.prediction).toEqual([
      { at: 0, pages: 5, ...one },
      { at: 5, pages: 1, faults: 0, effects: [], signal: null },
      { at: 6, pages: 26, ...one },
      // The mapping ends at 40: a folio of sixteen pages does not fit.
      { at: 32, pages: 4, faults: 1, effects: [own('anon-new', 0)], signal: null },
    ]);
  });

  it('names the signal, and how many pages one fault serves', () => {
    const lines = ['thp 64 always', 'mmap 0 32 rw anon', 'mprotect 0 16 r', 'predict 8 16 write'];
    expect(last(lines, '7.2')?.prediction).toEqual([
      {
        at: 8,
        pages: 8,
        faults: 0,
        effects: [{ effect: 'segv', order: null, serves: 0 }],
        signal: 'SIGSEGV',
      },
      {
        at: 16,
        pages: 8,
        faults: 1,
        effects: [{ effect: 'anon-new', order: 4, serves: 16 }],
        signal: null,
      },
    ]);
  });

  it('touches nothing and costs nothing', () => {
    const without = run([...AFTER_FORK, 'w 0 40', 'dump end 0 40'], '7.2').steps;
    const predicted = run(
      [...AFTER_FORK, 'predict 0 40 write', 'predict 0 40 read', 'w 0 40', 'dump end 0 40'],
      '7.2',
    ).steps;
    expect(predicted[5]).toMatchObject({ faults: 0, signals: 0, op: 'predict 0 40 write' });
    expect(Object.values(predicted[5]?.events ?? {}).every((count) => count === 0)).toBe(true);
    expect(predicted.slice(7).map(({ faults, dump }) => [faults, dump])).toEqual(
      without.slice(5).map(({ faults, dump }) => [faults, dump]),
    );
  });

  it('looks at a child', () => {
    const lines = ['mmap 0 4 rw anon', 'w 0 4', 'fork k', 'child k u 0 2', 'predict 0 4 read k'];
    expect(last(lines, '7.2')?.prediction).toMatchObject([
      { at: 0, pages: 2, signal: 'SIGSEGV' },
      { at: 2, pages: 2, effects: [], faults: 0 },
    ]);
  });

  it('meets expectations: faults and signals are those it predicts', () => {
    const text = `
name: x
steps:
  - mmap: { at: 0, pages: 8, prot: rw, kind: anon }
  - write: { at: 0, pages: 6 }
  - forkexit: { id: k }
  - mprotect: { at: 4, pages: 4, prot: r }
  - predict: { at: 0, pages: 6, access: write }
    expect: { faults: 4, signals: 2, effects: { reuse: 4, copy: 1, segv: 2 } }
`;
    const machine = createMachine({ arch: 'x86-64', kernel: '7.2' });
    const { expectations } = runScenario(parseScenario(text, 'x'), machine).steps[4] ?? {};
    expect(expectations?.map(({ what, found, held }) => [what, found, held])).toEqual([
      ['faults', '4', true],
      ['signals', '2', true],
      ['effects.copy', '0', false],
      ['effects.reuse', '4', true],
      ['effects.segv', '2', true],
    ]);
  });
});
