import { fork, madvise, placeOnNode } from '@ptelab/mm';
import { arm64, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { changeProtNuma } from './numa.ts';
import { STRATEGIES } from './strategies/built-in.ts';
import type { Strategy } from './strategy.ts';
import {
  BASE,
  digits,
  entryOf,
  EXT4,
  FILE,
  mapAnon,
  NONE,
  protect,
  RO,
  RW,
  stateOf,
  testMm,
  touch,
  traced,
  type State,
} from './testing.fixture.ts';

/*
 * The same small states before every strategy: what each makes of them, right or wrong.
 *
 *      slot   0    1    2    3
 *      pfn    100  101  102  103       one anonymous folio of four pages, unless a case says more
 */

const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const ARM = (['6.17', '6.19', '7.2'] as const).map((kernel) => arm64({ kernel }));
const ALL: readonly Arch[] = [x86, plain, ...ARM];

/** Strategies that answer alike. */
const GROUPS = {
  /** Entry by entry, also where a batch would need a contiguous block. */
  single: ['per-pte', 'batch-hint'],
  v3: ['series-v3'],
  v4: ['series-v4', 'split-helpers'],
  rc1: ['merged-rc1'],
  merged: ['merged', 'single-fast-path', 'maybe-contiguous'],
  /** Batches end where the exclusive flag changes. */
  always: ['flatten-always', 'context'],
  whenUpgrading: ['flatten-when-upgrading'],
} as const;
type Group = keyof typeof GROUPS;

/** What a vector shows, by group; those not named do as `others`. */
type Expected<T> = { readonly others: T } & Readonly<Partial<Record<Group, T>>>;

function expectedOf<T>(expected: Expected<T>, strategy: Strategy): T {
  for (const [group, names] of Object.entries(GROUPS) as [Group, readonly string[]][]) {
    if (names.includes(strategy.name)) return expected[group] ?? expected.others;
  }
  throw new RangeError(`strategy ${strategy.name} is in no group`);
}

interface Vector {
  readonly id: string;
  readonly archs?: readonly Arch[];
  readonly given: State;
  readonly prot: number;
  readonly range?: readonly [number, number];
  /** The digits to look at. */
  readonly see: readonly ('W' | 'D' | 'S' | 'U')[];
  readonly expected: Expected<string>;
  readonly pages?: number;
}

const T1: State = { prot: RO, D: '1', S: '1', E: '1101' };
const T5: State = { prot: RO, tracking: true, E: '1', S: '0', D: '1' };

const VECTORS: readonly Vector[] = [
  { id: 'T1', given: T1, prot: RW, see: ['W'], expected: { others: '1101' } },
  {
    id: 'T2: a batch that starts inside the folio',
    given: T1,
    prot: RW,
    range: [2, 4],
    see: ['W'],
    expected: { others: '0001', v4: '0011', rc1: '0011' },
    pages: 2,
  },
  {
    id: 'T4: dirty spreads over a batch',
    given: { prot: RW, W: '1', D: '0100', S: '1', E: '1' },
    prot: RO,
    see: ['D'],
    expected: { others: '1111', single: '0100' },
  },
  {
    id: 'T5x: dirty brings soft-dirty, and write permission with it',
    archs: [x86],
    given: T5,
    prot: RW,
    see: ['W', 'S'],
    expected: { others: '1111 1111', single: '0000 0000' },
  },
  {
    id: 'T5y: not if only the first entry is dirty',
    archs: [x86],
    given: { ...T5, D: '1000' },
    prot: RW,
    see: ['W', 'S', 'D'],
    expected: { others: '0000 0000 1111', single: '0000 0000 1000' },
  },
  {
    id: 'T6: soft-dirty pages only',
    archs: [x86],
    given: { ...T5, S: '1001', D: '0' },
    prot: RW,
    see: ['W', 'S'],
    expected: { others: '1001 1001' },
  },
  {
    id: 'T7: pages that userfaultfd protects',
    given: { prot: RO, U: '0110', S: '1', E: '1' },
    prot: RW,
    see: ['W', 'U'],
    expected: { others: '1001 0110' },
  },
  {
    id: 'T8: a shared folio with one dirty page',
    given: { prot: RO, shared: EXT4, kind: FILE, D: '1000', S: '1' },
    prot: RW,
    see: ['W', 'D'],
    expected: { others: '1111 1111', single: '1000 1000' },
  },
  {
    id: 'T9: a hole',
    given: { prot: RO, S: '1', E: '1', holes: [2] },
    prot: RW,
    see: ['W'],
    expected: { others: '11-1' },
    pages: 3,
  },
  {
    id: 'T15: two folios with frames in a row',
    given: { prot: RO, S: '1', E: '1', folios: [1, 1] },
    prot: RW,
    see: ['W'],
    expected: { others: '1111' },
  },
  {
    id: 'T17: nobody asks for write permission',
    given: { prot: RO, D: '0100', E: '1011', S: '1' },
    prot: NONE,
    see: ['D'],
    expected: { others: '1111', single: '0100', always: '0100' },
  },
];

describe.each(STRATEGIES)('$name', (strategy) => {
  it.each(VECTORS)('$id', ({ archs, given, prot, range, see, expected, pages }) => {
    for (const arch of archs ?? ALL) {
      const mm = stateOf(arch, given);
      const { result } = traced(mm, prot, strategy, range);
      expect(see.map((name) => digits(mm, name)).join(' ')).toBe(expectedOf(expected, strategy));
      expect(digits(mm, 'P')).toBe(given.holes === undefined ? '0123' : '01-3');
      expect(result).toEqual({ error: null, pages: pages ?? 4 });
    }
  });

  it.each<[string, Arch | undefined, Expected<string>]>([
    ['x86-64', plain, { others: '1-4', v3: '', v4: '' }],
    ['arm64 6.17: always', ARM[0], { others: '0-4' }],
    ['arm64 6.19: what changed', ARM[1], { others: '1-4', v3: '', v4: '' }],
  ])('T3, a read-only page before writable ones, flushes on %s', (_, arch, expected) => {
    const mm = stateOf(arch ?? plain, { prot: RW, W: '0111', D: '1', E: '1' });
    const { flushes } = traced(mm, RO, strategy);
    expect([flushes.join(), digits(mm, 'W')]).toEqual([expectedOf(expected, strategy), '0000']);
  });

  it('T13: memory of another node gets hints', () => {
    for (const arch of ALL) {
      const mm = stateOf(arch, { prot: RW, W: '1', D: '1', S: '1', E: '1' });
      placeOnNode(mm, BASE, BASE + 4, 1);
      const pages = changeProtNuma(mm, BASE, BASE + 4, strategy);
      const hints = [0, 1, 2, 3].filter((at) => arch.pteProtnone(entryOf(mm, at).bits));
      const expected = expectedOf({ others: 4, v4: 0 }, strategy);
      expect([pages, hints.length]).toEqual([expected, expected]);
    }
  });

  it('T14: half of a huge page', () => {
    for (const arch of ALL) {
      const mm = testMm(arch, [2048]);
      mapAnon(mm, 0, 512);
      touch(mm, 0);
      expect(protect(mm, 0, 256, RO, { strategy }).pages).toBe(256);
      expect(digits(mm, 'W', 512)).toBe('0'.repeat(256) + '1'.repeat(256));
      expect(protect(mm, 0, 256, RW, { strategy }).pages).toBe(256);
      expect(digits(mm, 'W', 512)).toBe('1'.repeat(512));
    }
  });

  /**
   *      slot   0         1    2    3
   *             DONTFORK  copied by fork        one folio of four pages: E = 1000
   */
  it('T16: pages that a child shares', () => {
    for (const arch of ALL) {
      const mm = testMm(arch, [16]);
      mapAnon(mm, 0, 4);
      touch(mm, 0);
      madvise(mm, BASE, BASE + 1, 'DONTFORK');
      fork(mm);
      protect(mm, 1, 4, RO, { strategy });
      protect(mm, 1, 4, RW, { strategy });
      expect(digits(mm, 'W')).toBe(
        expectedOf({ others: '1000', v4: '1100', rc1: '1100' }, strategy),
      );
    }
  });

  it('T17b: a second round gives write permission that the first refused', () => {
    const mm = stateOf(x86, { ...T5, D: '1000' });
    const rounds = [1, 2].map(() => {
      traced(mm, RW, strategy);
      const seen = `${digits(mm, 'D')} ${digits(mm, 'S')} ${digits(mm, 'W')}`;
      traced(mm, NONE, strategy);
      return seen;
    });
    expect(rounds).toEqual(
      expectedOf(
        {
          others: ['1111 0000 0000', '1111 1111 1111'],
          single: ['1000 0000 0000', '1000 0000 0000'],
        },
        strategy,
      ),
    );
  });

  it('T20: the same protection again is no walk', () => {
    const mm = stateOf(plain, { prot: RO, E: '1' });
    expect(traced(mm, RO, strategy)).toMatchObject({ batches: [], records: 0, flushes: [] });
  });
});
