import { describe, expect, it } from 'vitest';
import type { CostMachine } from '../machine.ts';
import { ALDER_LAKE } from '../machines/alder-lake.ts';
import { APPLE_M3 } from '../machines/apple-m3.ts';
import { COST_MACHINES } from '../machines/machines.ts';
import { ZEN3 } from '../machines/zen3.ts';
import { costByOrder, ORDERS, type OrderCosts } from './orders.ts';
import { costBySkipping, type SkippingCosts } from './shares.ts';
import { costOfSinglePages } from './single-pages.ts';

const costs = ({ series }: Pick<OrderCosts, 'series'>, label: string): number[] =>
  series.find((each) => each.label === label)!.points.map(({ y }) => y.likely);
const share = ({ shares }: SkippingCosts, order: number): number =>
  shares.find((each) => each.order === order)!.share.likely;
const single = (machine: CostMachine, memory: string, memmap: string): number[] =>
  costOfSinglePages(machine)
    .find((each) => each.memory === memory && each.memmap === memmap)!
    .costs.map(({ ns }) => ns.likely);

describe('from which order on batching pays', () => {
  it('is the smallest large folio, on every machine; single pages always lose', () => {
    for (const machine of COST_MACHINES) {
      const found = costByOrder(machine);
      for (const { likely, surely } of found.paysFrom) {
        expect(likely, machine.id).toBe(2);
        expect(surely).toBeLessThanOrEqual(3);
      }
      expect(costs(found, 'merged')[0]).toBeGreaterThan(costs(found, 'per-pte')[0]!);
    }
  });

  it('shows as a ratio below 1', () => {
    for (const machine of COST_MACHINES) {
      const { ratios, paysFrom } = costByOrder(machine);
      expect(ratios.map(({ label }) => label)).toEqual([
        'merged',
        'single-fast-path',
        'batch-hint',
      ]);
      for (const { variant, likely } of paysFrom) {
        const { points } = ratios.find(({ label }) => label === variant)!;
        expect(points.find(({ y }) => y.likely < 1)!.x).toBe(likely);
      }
    }
  });

  it('differs in kind: contiguous blocks on arm64, loop turns on x86-64', () => {
    const m3 = costByOrder(APPLE_M3);
    const order4 = ORDERS.indexOf(4);
    const before = costs(m3, 'per-pte');
    expect(before[order4]! / before[0]!).toBeGreaterThan(3); // folding and unfolding
    const zen3 = costs(costByOrder(ZEN3), 'per-pte');
    expect(new Set(zen3.map((ns) => ns.toFixed(3))).size).toBe(1);
  });
});

describe('skipping the lookup', () => {
  it('never loses where a contiguous bit shows the batch, and soon where none does', () => {
    const m3 = costBySkipping(APPLE_M3, 'anon');
    expect(share(m3, 4)).toBe(1);
    expect(share(m3, 3)).toBeLessThan(0.2);
    const alder = costBySkipping(ALDER_LAKE, 'shared');
    expect(share(alder, 9)).toBeGreaterThan(0.15);
    expect(share(alder, 9)).toBeLessThan(0.3);
  });

  it('breaks even where it takes as long as batching', () => {
    const found = costBySkipping(ZEN3, 'shared');
    for (const { order, points } of found.ratios) {
      const crossed = points.findIndex(({ y }) => y.likely > 1);
      expect(crossed).toBe(Math.ceil(share(found, order) * 10));
    }
  });

  it('saves twice as much on shared memory, which needs no lookup otherwise', () => {
    const [anon, shared] = (['anon', 'shared'] as const).map(
      (memory) => costBySkipping(ZEN3, memory).shares[0]!.savedPerSingle.likely,
    );
    expect(shared! / anon!).toBeCloseTo(2, 1);
  });
});

describe('a single page', () => {
  it('is compared with per-pte', () => {
    for (const { costs } of costOfSinglePages(ZEN3)) {
      const [perPte, ...others] = costs;
      expect(perPte!.ratio).toEqual({ low: 1, likely: 1, high: 1 });
      for (const { ns, ratio } of others) {
        expect(ratio.likely).toBeCloseTo(ns.likely / perPte!.ns.likely, 9);
        expect(ratio.low).toBeLessThan(ratio.likely);
      }
    }
  });

  it('costs batching one lookup more on private memory, two on shared, in a cycle of two calls', () => {
    const lookup = ALDER_LAKE.parameters.lookupCold!.value;
    for (const [memory, before] of [
      ['anon', 0.5],
      ['shared', 0],
    ] as const) {
      const hot = single(ALDER_LAKE, memory, 'hot');
      const cold = single(ALDER_LAKE, memory, 'cold');
      const lookups = cold.map((ns, i) => (ns - hot[i]!) / lookup);
      expect(lookups[0]).toBeCloseTo(before, 6); // per-pte
      expect(lookups[1]).toBeCloseTo(1, 6); // merged
      expect(lookups[3]).toBeCloseTo(before, 6); // batch-hint
    }
  });
});
