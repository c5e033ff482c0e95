import { arm64, KERNEL_RELEASES, makePte, MARKER_GUARD, markerEntry, x86_64 } from '@ptelab/pte';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  canChangePteWritable,
  changeSoftleafPte,
  defineStrategy,
  findStrategy,
  kernelStrategy,
  merged,
  mergedRc1,
  perPte,
  singleFastPath,
  STRATEGIES,
  STRATEGY_API_VERSION,
  type Strategy,
} from './index.ts';
import {
  BASE,
  digits,
  mapAnon,
  protect,
  RO,
  RW,
  stateOf,
  testMm,
  touch,
} from './testing.fixture.ts';

const idle = { summary: 'does nothing', source: 'a test', changePresentPtes: () => 1 };

describe('a declared strategy', () => {
  it.each(['a', 'per-pte', 'v4-7', '2x'])('may be called %s', (name) => {
    expect(defineStrategy({ name, ...idle })).toEqual({
      kind: 'strategy',
      apiVersion: STRATEGY_API_VERSION,
      name,
      ...idle,
    });
  });

  it.each(['', 'A', 'a_b', '-a', 'a-', 'a--b', 'a b', 'merged!'])(
    'may not be called "%s"',
    (name) => {
      expect(() => defineStrategy({ name, ...idle })).toThrow(
        new RangeError(`strategy name ${JSON.stringify(name)} is not kebab-case`),
      );
    },
  );

  it('is a Strategy', () => {
    expectTypeOf(defineStrategy({ name: 'idle', ...idle })).toEqualTypeOf<Strategy>();
  });
});

describe('the built-in ones', () => {
  it('are found by name', () => {
    expect(STRATEGIES.map(({ name }) => findStrategy(name))).toEqual(STRATEGIES);
    expect(findStrategy('per-folio')).toBeUndefined();
    expect(new Set(STRATEGIES.map(({ name }) => name)).size).toBe(STRATEGIES.length);
  });

  it.each(KERNEL_RELEASES)('%s has one', (kernel) => {
    const own: Readonly<Record<string, Strategy>> = {
      '6.12': perPte,
      '6.16': perPte,
      '6.17-rc1': mergedRc1,
      '7.1': singleFastPath,
      '7.2': singleFastPath,
      '7.3': singleFastPath,
    };
    expect(kernelStrategy(kernel)).toBe(own[kernel] ?? merged);
  });

  it.each([
    ['6.12', 4],
    ['7.2', 1],
  ] as const)('%s: mprotect takes its own, %i batches', (kernel, batches) => {
    for (const arch of [x86_64({ kernel }), arm64({ kernel })]) {
      const mm = testMm(arch, [16]);
      mapAnon(mm, 0, 4);
      touch(mm, 0);
      mm.events.batches = 0;
      let starts = 0;
      mm.trace = ({ fn }): void => {
        if (fn === 'modify_prot_start') starts++;
      };
      protect(mm, 0, 4, RO);
      expect(starts).toBe(batches);
    }
  });
});

describe('a strategy of one’s own', () => {
  /** Takes pairs of entries, as long as both are present, and upgrades them one by one. */
  const pairs = defineStrategy({
    name: 'pairs',
    summary: 'two at a time',
    source: 'a test',
    changePresentPtes(range, index) {
      const { arch, mm, vma, table } = range;
      const nr = Math.min(2, range.end - index);
      for (let i = index; i < index + nr; i++) {
        arch.modifyProtStart(mm, table, i, 1, range.old);
        arch.pteModify(range.old, range.newprot, range.new);
        const upgrades = range.tryChangeWritable && !arch.pteWrite(range.new.bits);
        if (upgrades && canChangePteWritable(mm, vma, range.vpn(i), range.new)) {
          range.new.bits = arch.pteMkwrite(range.new.bits);
        }
        arch.modifyProtCommit(mm, table, i, range.old, range.new, 1);
        if (arch.pteNeedsFlush(range.old, range.new)) {
          range.gather.flushPteRange(range.vpn(i), 1);
        }
        range.pages++;
      }
      return nr;
    },
  });

  it('may change non-present entries in its own way too', () => {
    const seen: number[] = [];
    const watching = defineStrategy({
      ...merged,
      name: 'watching',
      changeSoftleafPte(range, index, pte) {
        seen.push(index);
        return changeSoftleafPte(range, index, pte);
      },
    });
    const arch = x86_64({ kernel: '7.2' });
    const mm = stateOf(arch, { prot: RW, W: '1', E: '1', S: '1', holes: [3] });
    const guard = makePte();
    arch.encodeNonPresent(markerEntry(MARKER_GUARD), guard);
    mm.allocTable(BASE).poke(2, guard);
    expect(protect(mm, 0, 4, RO, { strategy: watching }).pages).toBe(2);
    expect(seen).toEqual([2]);
  });

  it('works through mprotect', () => {
    for (const arch of [x86_64({ kernel: '7.2' }), arm64({ kernel: '7.2' })]) {
      const mm = stateOf(arch, { prot: RO, E: '1101', S: '1' });
      expect(protect(mm, 0, 4, RW, { strategy: pairs })).toEqual({ error: null, pages: 4 });
      expect(digits(mm, 'W')).toBe('1101');
      expect(protect(mm, 0, 3, RO, { strategy: pairs }).pages).toBe(3);
      expect([digits(mm, 'W'), digits(mm, 'P')]).toEqual(['0001', '0123']);
    }
  });
});
