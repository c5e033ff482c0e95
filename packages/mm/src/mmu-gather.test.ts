import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from './address-space.ts';
import { flushTlbBatchedPending, MmuGather } from './mmu-gather.ts';
import { cost, testMm } from './testing.fixture.ts';

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

/** Flushed ranges as "start-end/stride"; `work` fills one gather. */
function flushes(arch: Arch, work: (gather: MmuGather, mm: AddressSpace) => void): string[] {
  const mm = testMm(arch);
  const seen: string[] = [];
  mm.trace = (event): void => {
    if (event.fn === 'flush_tlb_range') seen.push(`${event.start}-${event.end}/${event.stride}`);
  };
  const gather = new MmuGather(mm);
  work(gather, mm);
  gather.finish();
  expect(mm.tlbFlushPending).toBe(0);
  return seen;
}

describe.each([x86, arm])('$name', (arch) => {
  it('nothing recorded, nothing flushed', () => {
    expect(
      flushes(arch, (gather) => {
        gather.endVma();
      }),
    ).toEqual([]);
  });

  it('ranges make one hull, gaps included, in any order', () => {
    const record = (gather: MmuGather): void => {
      gather.flushPteRange(40, 2);
      gather.flushPteRange(10, 1);
      gather.flushPteRange(20, 5);
    };
    expect(flushes(arch, record)).toEqual(['10-42/1']);
  });

  it('huge mappings alone are flushed at their own stride', () => {
    const record = (gather: MmuGather): void => {
      gather.flushPmdRange(512, 512);
      gather.flushPmdRange(1024, 512);
    };
    expect(flushes(arch, record)).toEqual(['512-1536/512']);
  });

  it('one single entry among them makes it the page stride', () => {
    const record = (gather: MmuGather): void => {
      gather.flushPmdRange(512, 512);
      gather.flushPteRange(1024, 1);
    };
    expect(flushes(arch, record)).toEqual(['512-1025/1']);
  });

  it('a record counts once, whatever its length', () => {
    const mm = testMm(arch);
    const gather = new MmuGather(mm);
    gather.flushPteRange(0, 16);
    gather.flushPmdRange(512, 512);
    expect(cost(mm)).toEqual({ flushRecords: 2 });
    gather.finish();
  });

  it('another gather in flight makes it flush everything, recorded or not', () => {
    const mm = testMm(arch);
    const outer = new MmuGather(mm);
    const inner = new MmuGather(mm);
    expect(mm.tlbFlushPending).toBe(2);
    inner.finish();
    expect(cost(mm)).toMatchObject({ flushCalls: 1, fullFlushes: 1 });
    outer.finish();
    expect(cost(mm)).toEqual({});
    expect(mm.tlbFlushPending).toBe(0);
  });
});

/**
 *      page   0    10   20        40   50   64
 *             [ rw )[ r )[   rw   )[ no )[ rw )     mprotect(R), entries of all but r (and no) change
 */
describe('several VMAs in one call', () => {
  function record(gather: MmuGather, noneNeedsFlush: boolean): void {
    for (const [start, end, flush] of [
      [0, 10, true],
      [10, 20, false],
      [20, 40, true],
      [40, 50, noneNeedsFlush],
      [50, 64, true],
    ] as const) {
      if (flush) gather.flushPteRange(start, end - start);
      gather.endVma();
    }
  }

  it('arm64 flushes VMA by VMA', () => {
    const ranges = (none: boolean): string[] => {
      return flushes(arm, (gather) => {
        record(gather, none);
      });
    };
    expect(ranges(true)).toEqual(['0-10/1', '20-40/1', '40-50/1', '50-64/1']); // 6.12
    expect(ranges(false)).toEqual(['0-10/1', '20-40/1', '50-64/1']); // 6.19 on
  });

  it('x86-64 flushes the hull of all once', () => {
    const merged = flushes(x86, (gather) => {
      record(gather, false);
    });
    expect(merged).toEqual(['0-64/1']);
  });
});

describe('flushes that reclaim left for later', () => {
  it.each([x86, arm])('$name: are carried out once', (arch) => {
    const mm = testMm(arch);
    flushTlbBatchedPending(mm);
    expect(cost(mm)).toEqual({});
    mm.tlbFlushBatched = true;
    flushTlbBatchedPending(mm);
    expect(cost(mm)).toMatchObject({ flushCalls: 1, fullFlushes: 1 });
    flushTlbBatchedPending(mm);
    expect(cost(mm)).toEqual({});
  });
});
