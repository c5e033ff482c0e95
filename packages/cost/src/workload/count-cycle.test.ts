import { EVENT_NAMES, type EventCounters } from '@ptelab/pte';
import { createMachine, type MachineSpec } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { countCycle, runCycle, type Cycle } from './count-cycle.ts';
import type { Layout } from './workload.ts';

const MACHINES: readonly MachineSpec[] = [
  { arch: 'arm64', kernel: '6.16' },
  { arch: 'arm64', kernel: '6.17' },
  { arch: 'x86-64', kernel: '6.16' },
  { arch: 'x86-64', kernel: '7.1' },
];
const LAYOUTS: readonly Layout[] = [
  { memory: 'anon', kb: 4 },
  { memory: 'anon', kb: 64 },
  { memory: 'anon', kb: 2048 },
  { memory: 'anon', kb: 2048, alternating: true },
  { memory: 'shared', kb: 4 },
];

/** A long range of arm64 takes one to five TLBIs, whatever its length. */
const STEADY = EVENT_NAMES.filter((name) => name !== 'tlbiOps');
const steady = (events: EventCounters): number[] => STEADY.map((name) => events[name]);

describe('counting a cycle', () => {
  for (const spec of MACHINES) {
    it(`extrapolates exactly: ${spec.arch} ${spec.kernel}`, () => {
      const machine = createMachine(spec);
      for (const layout of LAYOUTS) {
        const cycle: Cycle = { layout, prots: ['n', 'rw', 'r', 'rw'] };
        const counted = countCycle(machine, cycle, 6144);
        const found = runCycle(machine, cycle, 6144);
        expect(counted.map(steady)).toEqual(found.map(steady));
      }
    });
  }

  it('counts a block of arm64 as a call on the kernel does', () => {
    const cycle: Cycle = { layout: { memory: 'anon', kb: 64 }, prots: ['r', 'rw'] };
    const before = runCycle(createMachine({ arch: 'arm64', kernel: '6.16' }), cycle, 16);
    const after = runCycle(createMachine({ arch: 'arm64', kernel: '6.17' }), cycle, 16);
    for (const events of before) {
      expect(events).toMatchObject({ rawReads: 80, rawWrites: 48, xchg: 48, flushCalls: 3 });
    }
    for (const events of after) {
      expect(events).toMatchObject({ rawReads: 3, rawWrites: 16, xchg: 16, singleBatches: 0 });
    }
  });

  it('finds what alternating pages do to batches: one direction only', () => {
    const layout: Layout = { memory: 'anon', kb: 2048, alternating: true };
    const machine = createMachine({ arch: 'x86-64', kernel: '6.18' });
    const [down, up] = runCycle(machine, { layout, prots: ['r', 'rw'] }, 512);
    expect(down).toMatchObject({ batches: 512, commits: 512 });
    expect(up).toMatchObject({ batches: 1, commits: 512, paeTests: 1023 });
  });
});
