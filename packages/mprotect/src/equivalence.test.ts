import { arm64, rawHex, takeEvents, x86_64, type Arch } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { findStrategy } from './strategies/built-in.ts';
import { Bench, LAYOUTS, slots, TRANSITIONS, type Slot } from './state-space.fixture.ts';
import { RW } from './testing.fixture.ts';

/*
 * Strategies that do the same as another one: in every state of four slots the same entries, the
 * same pages to flush, and where it says so the same work, counter by counter.
 */

const x86 = x86_64({ kernel: '7.2' });
const arm = arm64({ kernel: '7.2' });

function* states(each: readonly Slot[]): Generator<readonly Slot[]> {
  for (const a of each) for (const b of each) for (const c of each) yield [a, b, c, a];
}

/** What a strategy does in every state, one line each. */
function runs(arch: Arch, name: string, counted: boolean): string[] {
  const strategy = findStrategy(name);
  if (strategy === undefined) throw new RangeError(name);
  const lines: string[] = [];
  for (const layout of Object.values(LAYOUTS)) {
    for (const [from, to] of TRANSITIONS) {
      const bench = new Bench(arch, layout, [from, to], { tracking: true, uffd: false });
      for (const state of states(slots(from === RW ? ['W', 'E', 'D'] : ['S', 'E', 'D'], {}))) {
        bench.set(state);
        takeEvents(bench.mm.events);
        const { after, pages, flushed } = bench.run(strategy);
        const work = counted ? JSON.stringify(bench.mm.events) : '';
        lines.push(`${after.map(rawHex).join()} ${pages} ${[...flushed].join()} ${work}`);
      }
    }
  }
  return lines;
}

describe.each([
  ['x86-64', x86],
  ['arm64', arm],
] as const)('%s', (_, arch) => {
  it.each([
    ['single-fast-path', 'merged', true],
    ['split-helpers', 'series-v4', true],
    ['context', 'flatten-always', false],
    ['maybe-contiguous', 'merged', false],
    ['batch-hint', 'per-pte', false], // there are no contiguous entries here
  ])('%s does as %s', (one, other, counted) => {
    expect(runs(arch, one, counted)).toEqual(runs(arch, other, counted));
  });
});
