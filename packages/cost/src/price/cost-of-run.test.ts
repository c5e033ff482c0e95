import { createMachine, runScenario, scenarioFromOpLines, type Run } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import type { Cost, CostPartName } from '../cost.ts';
import { APPLE_M3 } from '../machines/apple-m3.ts';
import { ZEN3 } from '../machines/zen3.ts';
import { costOfRun } from './cost-of-run.ts';

function run(lines: readonly string[], machine: Parameters<typeof createMachine>[0]): Run {
  return runScenario(scenarioFromOpLines('test', lines), createMachine(machine));
}
const part = (cost: Cost | undefined, name: CostPartName): number =>
  cost?.parts.find((candidate) => candidate.name === name)?.ns.likely ?? 0;

const BLOCK = ['thp 64 always', 'mmap 0 16 rw anon', 'w 0 16'];

describe('the cost of a run', () => {
  it('has every protection change, and knows the code that made it', () => {
    const lines = [...BLOCK, 'mprotect 0 16 r', 'mprotect 0 16 rw'];
    const before = costOfRun(run(lines, { arch: 'arm64', kernel: '6.16' }), APPLE_M3);
    const after = costOfRun(run(lines, { arch: 'arm64', kernel: '6.17' }), APPLE_M3);
    expect(before.map(({ step, op }) => [step, op])).toEqual([
      [3, 'mprotect 0 16 r'],
      [4, 'mprotect 0 16 rw'],
    ]);
    for (const [i, { cost }] of before.entries()) {
      expect(cost.machine).toBe('apple-m3');
      expect(part(cost, 'contpte convert')).toBeGreaterThan(700); // an unfold and a fold
      expect(part(after[i]?.cost, 'contpte convert')).toBe(0);
      // More is saved than the conversions: commits of single entries go too.
      const saved = cost.total.likely - after[i]!.cost.total.likely;
      expect(saved).toBeGreaterThan(part(cost, 'contpte convert'));
    }
  });

  it('takes no flush for folding on a CPU that needs none, on kernels that know', () => {
    const lines = [...BLOCK, 'mprotect 0 16 r'];
    const spec = { arch: 'arm64', strategy: 'per-pte', arm64: { bbml2: true } } as const;
    const convert = (kernel: '6.16' | '6.17'): number =>
      part(costOfRun(run(lines, { ...spec, kernel }), APPLE_M3)[0]?.cost, 'contpte convert');
    const flush = APPLE_M3.parameters.flush!.value;
    expect(convert('6.16') - convert('6.17')).toBeCloseTo(2 * flush, 6);
  });

  it('prices the faults that follow, up to the next call: a strategy that avoids them is cheaper', () => {
    // Every second page came back from sharing: the shared ones fault when they are written.
    const lines = [
      'mmap 0 8 rw anon',
      'w 0 8',
      'forkexit c',
      'w 0 8 2',
      'mprotect 0 8 r',
      'mprotect 0 8 rw',
      'w 0 8',
      'mprotect 0 8 r',
    ];
    const [down, up, last] = costOfRun(run(lines, { arch: 'x86-64', kernel: '6.16' }), ZEN3);
    expect(down?.faultsAfter).toBe(0);
    expect(up?.faultsAfter).toBe(4);
    expect(last?.faultsAfter).toBe(0);
    expect(part(up?.cost, 'faults')).toBeCloseTo(4 * ZEN3.parameters.fault!.value, 9);
  });

  it('is asked of a machine of the same architecture', () => {
    const of = run(BLOCK, { arch: 'x86-64', kernel: '7.3' });
    expect(() => costOfRun(of, APPLE_M3)).toThrow('apple-m3 is arm64; the run is of x86-64');
  });

  it('prices a run without a trace alike', () => {
    const scenario = scenarioFromOpLines('test', [...BLOCK, 'mprotect 0 16 r']);
    const machine = createMachine({ arch: 'x86-64', kernel: '7.3' });
    const traced = costOfRun(runScenario(scenario, machine), ZEN3);
    const plain = costOfRun(runScenario(scenario, machine, { trace: false }), ZEN3);
    expect(plain).toEqual(traced);
  });
});
