import { arm64, takeEvents, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { STRATEGIES } from './strategies/built-in.ts';
import { mapAnon, protect, RO, RW, stateOf, testMm, touch, type State } from './testing.fixture.ts';

/*
 * What the strategies cost where they differ: page lookups, reads of entries and of exclusive flags.
 */

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

/** Lookups, reads, exclusive flags read and batches of one mprotect, by strategy. */
function costs(prepare: () => ReturnType<typeof stateOf>, prot: number, nr: number): object {
  const rows = STRATEGIES.map((strategy) => {
    const mm = prepare();
    takeEvents(mm.events);
    protect(mm, 0, nr, prot, { strategy });
    const { pageLookups, rawReads, paeTests, batches } = takeEvents(mm.events);
    return [strategy.name, [pageLookups, rawReads, paeTests, batches].join(' ')] as const;
  });
  return Object.fromEntries(rows);
}

/** Anonymous pages, written once, in folios of `kb`. */
function written(arch: Arch, kb: number, nr: number): () => ReturnType<typeof stateOf> {
  return () => {
    const mm = testMm(arch, kb === 4 ? [] : [kb]);
    mapAnon(mm, 0, nr);
    touch(mm, 0, nr);
    return mm;
  };
}

describe('lookups, reads, exclusive flags, batches', () => {
  it('of single pages that become read-only: the old way and two ideas need no lookup', () => {
    expect(costs(written(x86, 4, 8), RO, 8)).toEqual({
      'per-pte': '0 8 0 8',
      'series-v3': '8 8 0 8',
      'series-v4': '8 8 0 8',
      'split-helpers': '8 8 0 8',
      'flatten-always': '8 8 8 8',
      'flatten-when-upgrading': '8 8 0 8',
      context: '8 8 8 8',
      'merged-rc1': '8 8 0 8',
      merged: '8 8 0 8',
      'single-fast-path': '8 8 0 8',
      'batch-hint': '0 8 0 8',
      // frames lie in a row by luck: all but the last are looked up, each after one more read
      'maybe-contiguous': '7 15 0 8',
    });
  });
  it('of one folio of four that gets its write permission back, E = 1010', () => {
    const given: State = { prot: RO, D: '1', S: '1', E: '1010' };
    const found = costs(() => stateOf(x86, given), RW, 4);
    expect(found).toEqual({
      'per-pte': '4 4 4 4',
      'series-v3': '5 4 7 1',
      'series-v4': '1 4 7 1',
      'split-helpers': '1 4 7 1',
      'flatten-always': '4 7 11 4',
      'flatten-when-upgrading': '4 7 11 4',
      context: '4 7 11 4',
      'merged-rc1': '1 4 7 1',
      merged: '1 4 7 1',
      'single-fast-path': '1 4 7 1',
      'batch-hint': '4 4 4 4',
      'maybe-contiguous': '1 5 7 1',
    });
  });

  it('of two contiguous blocks of arm64 that become read-only', () => {
    const found = costs(written(arm, 64, 32), RO, 32);
    expect(found).toEqual({
      'per-pte': '0 132 0 32',
      'series-v3': '2 6 0 2',
      'series-v4': '2 6 0 2',
      'split-helpers': '2 6 0 2',
      'flatten-always': '2 6 32 2',
      'flatten-when-upgrading': '2 6 0 2',
      context: '2 6 32 2',
      'merged-rc1': '2 6 0 2',
      merged: '2 6 0 2',
      'single-fast-path': '2 6 0 2',
      'batch-hint': '2 6 0 2',
      'maybe-contiguous': '2 6 0 2',
    });
  });
});
