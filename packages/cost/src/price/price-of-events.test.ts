import { makeEvents, type EventCounters } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import type { Cost, CostPartName } from '../cost.ts';
import { parameterOf, type CostMachine } from '../machine.ts';
import { APPLE_M3 } from '../machines/apple-m3.ts';
import { AMPEREONE } from '../machines/ampereone.ts';
import { COST_MACHINES, findCostMachine } from '../machines/machines.ts';
import { ZEN3 } from '../machines/zen3.ts';
import type { ParameterName } from '../parameter.ts';
import type { CostContext } from './context.ts';
import { priceOfEvents } from './price-of-events.ts';

const M3 = APPLE_M3;
const events = (counts: Partial<EventCounters>): EventCounters => ({ ...makeEvents(), ...counts });
const price = (machine: CostMachine, name: ParameterName): number =>
  parameterOf(machine, name).value;
const part = (cost: Cost, name: CostPartName): number =>
  cost.parts.find((candidate) => candidate.name === name)?.ns.likely ?? 0;

/** One contiguous block that becomes read-only, one entry after the other: 6.12 to 6.16. */
const BEFORE = events({
  rawReads: 80,
  rawWrites: 48,
  xchg: 48,
  unfolds: 1,
  folds: 1,
  flushCalls: 3,
  tlbiOps: 3,
  dsb: 6,
  batches: 16,
  commits: 16,
});
/** The same since 6.17. */
const AFTER = events({
  rawReads: 3,
  rawWrites: 16,
  xchg: 16,
  flushCalls: 1,
  tlbiOps: 1,
  dsb: 2,
  pageLookups: 1,
  batches: 1,
  commits: 1,
});
const SINGLE: CostContext = { commitPath: 'single' };

describe('the price of events', () => {
  it('is the sum of its parts', () => {
    for (const machine of COST_MACHINES.filter(({ arch }) => arch === 'arm64')) {
      for (const counts of [BEFORE, AFTER]) {
        const { total, parts } = priceOfEvents(counts, machine);
        const sum = parts.reduce((ns, { ns: { likely } }) => ns + likely, 0);
        expect(sum).toBeCloseTo(total.likely, 9);
        for (const { ns } of [{ ns: total }, ...parts]) {
          expect(ns.low).toBeLessThanOrEqual(ns.likely);
          expect(ns.high).toBeGreaterThanOrEqual(ns.likely);
          expect(ns.low).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  it('puts flushes, swaps and stores of folding and unfolding in a part of their own', () => {
    const cost = priceOfEvents(BEFORE, M3, SINGLE);
    const perBlock = 16 * (price(M3, 'xchg') + price(M3, 'write'));
    expect(part(cost, 'contpte convert')).toBeCloseTo(2 * (perBlock + price(M3, 'flush')), 9);
    expect(part(cost, 'TLB flush')).toBeCloseTo(price(M3, 'flush'), 9);
    expect(part(cost, 'xchg')).toBeCloseTo(16 * price(M3, 'xchg'), 9);
    expect(part(cost, 'page lookup')).toBe(0);
  });

  it('of folding takes no flush where the CPU needs none', () => {
    const quiet = { ...BEFORE, flushCalls: 1, tlbiOps: 1 };
    const perBlock = 16 * (price(AMPEREONE, 'xchg') + price(AMPEREONE, 'write'));
    const cost = priceOfEvents(quiet, AMPEREONE, SINGLE);
    expect(part(cost, 'contpte convert')).toBeCloseTo(2 * perBlock, 9);
    expect(part(cost, 'TLB flush')).toBeCloseTo(price(AMPEREONE, 'flush'), 9);
  });

  it('counts the TLBIs of a CPU without range operations', () => {
    const each = { ...BEFORE, tlbiOps: 48 };
    const cost = priceOfEvents(each, M3, { ...SINGLE, tlbiRange: false });
    expect(part(cost, 'TLB flush')).toBeCloseTo(
      price(M3, 'flush') + 15 * price(M3, 'flushPage'),
      9,
    );
  });

  it('knows three ways to commit', () => {
    const single = events({ batches: 10, commits: 10, singleBatches: 10 });
    const commit = (commitPath: CostContext['commitPath']): number =>
      part(priceOfEvents(single, ZEN3, commitPath === undefined ? {} : { commitPath }), 'commit');
    const turn = 10 * price(ZEN3, 'turn');
    const batched = turn + 10 * price(ZEN3, 'batchTurn');
    expect(commit('single')).toBeCloseTo(turn, 9);
    expect(commit('batch')).toBeCloseTo(batched + 10 * price(ZEN3, 'batchCommit'), 9);
    expect(commit('fast-path')).toBeCloseTo(batched + 10 * price(ZEN3, 'fastCommit'), 9);
    expect(commit(undefined)).toBe(commit('batch'));
  });

  it('charges the set-up of a scan to large batches only', () => {
    const counts = events({ batches: 3, commits: 3, singleBatches: 1 });
    const scan = (context: CostContext): number =>
      part(priceOfEvents(counts, ZEN3, context), 'batch scan');
    const expected = 3 * price(ZEN3, 'discovery') + 2 * price(ZEN3, 'largeBatch');
    expect(scan({})).toBeCloseTo(expected, 9);
    expect(scan({ commitPath: 'single' })).toBe(0);
  });

  it('knows pages that lie anywhere in memory', () => {
    const upgrade = events({ batches: 1, commits: 1, xchg: 16, pageLookups: 1, paeTests: 16 });
    const hot = part(priceOfEvents(upgrade, ZEN3), 'page lookup');
    const cold = part(priceOfEvents(upgrade, ZEN3, { memmap: 'cold' }), 'page lookup');
    expect(cold - hot).toBeCloseTo(price(ZEN3, 'lookupCold'), 9);
  });

  it('grows in proportion to the events', () => {
    const twice = events({ rawReads: 6, rawWrites: 32, xchg: 32, batches: 2, commits: 2 });
    const once = events({ rawReads: 3, rawWrites: 16, xchg: 16, batches: 1, commits: 1 });
    const cost = (counts: EventCounters, calls: number): number =>
      priceOfEvents(counts, M3, { calls }).total.likely;
    expect(cost(twice, 2)).toBeCloseTo(2 * cost(once, 1), 9);
  });

  it('is wider than each of its parts and narrower than all of them together', () => {
    const { total, parts } = priceOfEvents(AFTER, M3);
    const widths = parts.map(({ ns }) => ns.high - ns.likely);
    const width = total.high - total.likely;
    expect(width).toBeGreaterThanOrEqual(Math.max(...widths));
    expect(width).toBeLessThan(widths.reduce((sum, each) => sum + each, 0));
  });
});

describe('machines', () => {
  it('are found by id', () => {
    expect(findCostMachine('zen3')).toBe(ZEN3);
    expect(findCostMachine('zen9')).toBeUndefined();
    expect(COST_MACHINES.map(({ id }) => id)).toEqual([
      'apple-m3',
      'neoverse-n1',
      'ampereone',
      'zen3',
      'zen4',
      'alder-lake',
    ]);
  });

  it('have ranges around their values', () => {
    for (const { id, parameters } of COST_MACHINES) {
      for (const [name, { value, low, high, source }] of Object.entries(parameters)) {
        expect(low, `${id} ${name}`).toBeGreaterThanOrEqual(0);
        expect(low, `${id} ${name}`).toBeLessThanOrEqual(value);
        expect(high, `${id} ${name}`).toBeGreaterThanOrEqual(value);
        expect(source).not.toBe('');
      }
    }
  });

  it('say which price they lack', () => {
    expect(() => parameterOf(M3, 'flushAll')).toThrow('apple-m3 has no price for flushAll');
  });
});
