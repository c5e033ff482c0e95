import { defineStrategy, merged, mergedRc1, type Strategy } from '@ptelab/mprotect';
import { createMachine, formatScenario, parseScenario, runScenario } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { traceScenario } from '../counter-example/trace.ts';
import { shardTasks } from './plan.ts';
import { Search } from './search.ts';
import type { BrokenPlace } from './task-result.ts';

const search = new Search({
  scope: 'tiny',
  machines: [
    { arch: 'arm64', kernel: '7.3' },
    { arch: 'x86-64', kernel: '7.3' },
  ],
});
const tasks = search.tasks();

function firstViolation(strategy: Strategy): BrokenPlace {
  for (const task of tasks) {
    const { violation } = search.run(task, strategy);
    if (violation !== null) return violation;
  }
  throw new Error('no violation');
}

describe('the order of tasks', () => {
  it('goes from few slots to many, and every task is there once', () => {
    const slots = tasks.map((task) => task.slots);
    expect(slots).toEqual([...slots].sort((a, b) => a - b));
    expect(new Set(tasks.map(({ machine, block }) => `${machine}/${block}`)).size).toBe(
      tasks.length,
    );
  });

  it('is kept in shards, which share the tasks out', () => {
    const shards = [1, 2, 3].map((index) => shardTasks(tasks, { index, of: 3 }));
    for (const shard of shards) {
      const indices = shard.map((task) => tasks.indexOf(task));
      expect(indices).toEqual([...indices].sort((a, b) => a - b));
    }
    expect(new Set(shards.flat()).size).toBe(tasks.length);
    expect(shards.flat()).toHaveLength(tasks.length);
  });
});

describe('a broken state', () => {
  const broken = firstViolation(mergedRc1);

  it('has the entries before and after, and the smallest size', () => {
    expect(broken.finding.invariant).toBe('exclusive-writable');
    expect(broken.chosen).toHaveLength(1);
    expect(broken.repeated).toBe(false);
    expect(broken.before).toHaveLength(3);
    const { slot } = broken.finding;
    expect(broken.after?.[slot!]).not.toBe(broken.before[slot!]);
  });

  it('is told as a scenario that shows the same entries', () => {
    const scenario = parseScenario(formatScenario(search.scenarioOf(broken)), 'x.yaml');
    const machine = createMachine(search.machineOf(broken), mergedRc1);
    const dumps = runScenario(scenario, machine).steps.flatMap(({ dump }) => dump ?? []);
    expect(dumps.map(({ pages }) => pages.map(({ pte }) => pte))).toEqual([
      broken.before,
      broken.after,
    ]);
  });
});

describe('a strategy that is watched', () => {
  const task = tasks[0]!;

  it('is told on which state it is', () => {
    const states: number[] = [];
    const { states: count } = search.run(task, merged, (state) => states.push(state));
    expect(states).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('can be refuted by the state that it never came back from', () => {
    let current = -1;
    class Lost extends Error {}
    const lost = (): never => {
      throw new Lost();
    };
    // The state is not the strategy's to know: here the watch interrupts the search.
    const watch = (state: number): void => {
      current = state;
      if (state === 5) lost();
    };
    expect(() => search.run(task, merged, watch)).toThrow(Lost);
    const finding = { invariant: 'contract', slot: null, text: 'did not return' };
    const broken = search.brokenAt(task, current, finding);
    const all: (readonly string[])[] = [];
    const stopping = defineStrategy({
      ...merged,
      changePresentPtes: () => {
        throw new Error('stop');
      },
    });
    // The first state with a present entry is the one that a strategy which throws is refuted by.
    const { violation, states } = search.run(task, stopping);
    all.push(violation!.before, search.brokenAt(task, states - 1, finding).before);
    expect(all[0]).toEqual(all[1]);
    expect(broken).toMatchObject({
      machine: task.machine,
      block: task.block,
      after: null,
      finding,
    });
  });

  it('sends its trace line by line', () => {
    const broken = firstViolation(mergedRc1);
    const lines: unknown[] = [];
    const scenario = search.scenarioOf(broken);
    const machine = createMachine(search.machineOf(broken), mergedRc1);
    expect(traceScenario(scenario, machine, (line) => lines.push(line))).toEqual(lines);
    expect(lines).toContainEqual({ fn: 'folio_pte_batch', text: 'returns 1' });
  });
});
