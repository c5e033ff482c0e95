import { describe, expect, it } from 'vitest';
import type { EventCounters } from '../events.ts';
import { cost, testMm } from '../testing.fixture.ts';
import { arm64, type Arm64Options } from './arm64.ts';
import { tlbiOpCount } from './tlb.ts';

function flush(
  options: Partial<Arm64Options>,
  pages: number,
  { start = 0, stride = 1 } = {},
): Partial<EventCounters> {
  const mm = testMm();
  arm64({ kernel: '7.3', ...options }).flushTlbRange(mm, { start, end: start + pages, stride });
  return cost(mm);
}

describe('range operations', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 1],
    [8, 1],
    [15, 2],
    [16, 1],
    [17, 2],
    [31, 2],
    [32, 1],
    [33, 2],
    [63, 2],
    [64, 1],
    [65, 2],
    [67, 3],
    [96, 2],
    [128, 1],
    [256, 1],
    [511, 3],
    [512, 1],
    [513, 2],
    [1000, 2],
    [4096, 1],
    [65535, 4],
    [65536, 1],
    [262143, 5],
    [262144, 1],
  ])('%i pages take %i operations', (pages, tlbiOps) => {
    expect(flush({}, pages)).toEqual({ flushCalls: 1, tlbiOps, dsb: 2 });
  });

  it('never take more than five for a range that fits', () => {
    const { params } = arm64({ kernel: '7.3' });
    for (let pages = 1; pages <= 2 ** 21; pages += 97) {
      expect(tlbiOpCount(params, 0, pages, 1)).toBeLessThanOrEqual(5);
    }
  });

  it.each<[string, Partial<Arm64Options>, number, number, number]>([
    ['4K LPA2, aligned', { pa52: true }, 16, 16, 1],
    ['4K LPA2, one page before a boundary', { pa52: true }, 15, 17, 2],
    ['4K LPA2, 15 pages before a boundary', { pa52: true }, 1, 31, 16],
    ['4K without LPA2', {}, 1, 31, 2],
    ['16K LPA2, three pages before a boundary', { granule: '16k', pa52: true }, 1, 7, 4],
    ['64K LPA needs no alignment', { granule: '64k', pa52: true }, 1, 31, 2],
  ])('%s: singles up to a 64 KiB boundary', (_, options, start, pages, tlbiOps) => {
    expect(flush(options, pages, { start })).toEqual({ flushCalls: 1, tlbiOps, dsb: 2 });
  });

  it('count pages whatever the stride', () => {
    expect(flush({}, 1024, { stride: 512 })).toEqual({ flushCalls: 1, tlbiOps: 1, dsb: 2 });
  });
});

describe('single operations', () => {
  it.each([
    [1, 1, 1],
    [16, 1, 16],
    [511, 1, 511],
    [512, 512, 1],
    [4096, 512, 8],
  ])('%i pages with stride %i take %i', (pages, stride, tlbiOps) => {
    const spent = flush({ tlbiRange: false }, pages, { stride });
    expect(spent).toEqual({ flushCalls: 1, tlbiOps, dsb: 2 });
  });

  it('a range is rounded out to the stride', () => {
    const spent = flush({ tlbiRange: false }, 512, { start: 256, stride: 512 });
    expect(spent).toEqual({ flushCalls: 1, tlbiOps: 2, dsb: 2 });
  });
});

describe('too large a range', () => {
  const WHOLE = { flushCalls: 1, fullFlushes: 1, tlbiOps: 1, dsb: 2 };

  it.each<[string, Partial<Arm64Options>, number, number, boolean]>([
    ['4K', { tlbiRange: false }, 511, 1, false],
    ['4K', { tlbiRange: false }, 512, 1, true],
    ['4K huge', { tlbiRange: false }, 511 * 512, 512, false],
    ['4K huge', { tlbiRange: false }, 512 * 512, 512, true],
    ['16K', { tlbiRange: false, granule: '16k' }, 2047, 1, false],
    ['16K', { tlbiRange: false, granule: '16k' }, 2048, 1, true],
    ['64K', { tlbiRange: false, granule: '64k' }, 8191, 1, false],
    ['64K', { tlbiRange: false, granule: '64k' }, 8192, 1, true],
    ['range operations', {}, 2 ** 21, 1, false],
    ['range operations', {}, 2 ** 21 + 1, 1, true],
  ])('%s %j: %i pages with stride %i flush the ASID: %s', (_, options, pages, stride, whole) => {
    const spent = flush(options, pages, { stride });
    expect(spent.fullFlushes).toBe(whole ? 1 : undefined);
    if (whole) expect(spent).toEqual(WHOLE);
  });

  it.each<[string, Partial<Arm64Options>, number, number]>([
    ['6.12 synchronises twice', { kernel: '6.12' }, 1, 3],
    ['7.2 synchronises once', { kernel: '7.2' }, 1, 2],
    ['6.12 with REPEAT_TLBI has two dummies', { kernel: '6.12', repeatTlbi: true }, 3, 5],
    ['7.2 with REPEAT_TLBI has one dummy', { kernel: '7.2', repeatTlbi: true }, 2, 3],
    ['7.2 with KPTI flushes two ASIDs', { kernel: '7.2', kpti: true }, 2, 2],
  ])('%s', (_, options, tlbiOps, dsb) => {
    const spent = flush({ tlbiRange: false, ...options }, 512);
    expect(spent).toEqual({ flushCalls: 1, fullFlushes: 1, tlbiOps, dsb });
  });
});

it.each<[string, Partial<Arm64Options>, number, number]>([
  ['KPTI doubles every operation', { kpti: true }, 4, 2],
  ['REPEAT_TLBI adds one dummy per sync', { repeatTlbi: true }, 3, 3],
  [
    'REPEAT_TLBI adds one dummy however many operations',
    { repeatTlbi: true, tlbiRange: false },
    18,
    3,
  ],
  ['both', { repeatTlbi: true, kpti: true }, 5, 3],
])('%s', (_, options, tlbiOps, dsb) => {
  expect(flush(options, 17)).toEqual({ flushCalls: 1, tlbiOps, dsb });
});

it.each<[Partial<Arm64Options>, number, number]>([
  [{}, 1, 2],
  [{ kpti: true }, 2, 2],
  [{ repeatTlbi: true }, 2, 3],
  [{ kernel: '6.12' }, 1, 2],
])('flushTlbMm with %j: %i operations, %i barriers', (options, tlbiOps, dsb) => {
  const mm = testMm();
  arm64({ kernel: '7.3', ...options }).flushTlbMm(mm);
  expect(cost(mm)).toEqual({ flushCalls: 1, fullFlushes: 1, tlbiOps, dsb });
});

it('a flush is traced with the range that was asked for', () => {
  const mm = testMm();
  arm64({ kernel: '7.3' }).flushTlbRange(mm, { start: 5, end: 9, stride: 1 });
  expect(mm.traced).toEqual([{ fn: 'flush_tlb_range', start: 5, end: 9, stride: 1 }]);
});
