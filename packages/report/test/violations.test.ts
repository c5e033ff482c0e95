import { createMachine, runScenario, scenarioFromOpLines } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { renderRun } from '../src/index.ts';

it('says what the TLB held against the page tables, legal things last', () => {
  const scenario = scenarioFromOpLines('contig', [
    'thp 64 always',
    'mmap 0 16 rw anon',
    'w 0 16',
    'mprotect 0 1 n',
    'mprotect 0 1 rw',
    'forkexit child',
    'r 0 4',
    'mprotect 0 16 r',
    'r 8 1',
  ]);
  const machine = createMachine({ arch: 'arm64', kernel: '7.3' });
  const text = renderRun(runScenario(scenario, machine, { tlb: 'block' }));
  expect(text).toContain('ContigWindow pages 0..3 when stored\n');
  expect(text).toContain('OverlapConflict pages 0..3 when loaded: TLB r--, table r--\n');
  expect(text).toMatch(/\nstep 9: OverlapConflict pages 0\.\.3 [^\n]+\n$/);
  const tolerant = createMachine({ arch: 'arm64', kernel: '7.3', arm64: { bbml2: true } });
  expect(renderRun(runScenario(scenario, tolerant, { tlb: 'block' }))).toContain(
    '\n4 overlaps tolerated\n',
  );
  expect(renderRun(runScenario(scenario, machine))).not.toContain('TLB');
});
