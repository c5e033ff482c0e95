import { changeProtNuma, merged, type Strategy } from '@ptelab/mprotect';
import {
  createMachine,
  parseOpLine,
  Story,
  STORY_BASE_VPN,
  dumpPages,
  type MachineSpec,
} from '@ptelab/scenario';
import type { KernelFeatures } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './all.ts';
import type { SmallestState } from './mutant.ts';
import { strategyOf } from './steps.ts';

const PAGES = 128;

/** What one strategy makes of a state: entries, pages counted, flushes, flags of VMAs. */
function outcome(
  state: SmallestState,
  strategy: Strategy,
  features: Partial<KernelFeatures> = {},
): object {
  const { arch, kernel = '7.2', lines } = state;
  const own = arch === 'arm64' ? { arm64: { features } } : { x86: { features } };
  const spec: MachineSpec = { arch, kernel, ...own };
  const story = new Story(createMachine(spec, strategy));
  for (const line of lines.slice(0, -1)) story.apply(parseOpLine(line));
  const flushes: string[] = [];
  story.mm.trace = (event): void => {
    if (event.fn === 'flush_tlb_range') flushes.push(`${event.start}-${event.end}`);
  };
  const last = parseOpLine(lines.at(-1) ?? '');
  let counted: unknown;
  if (last.op === 'numa_scan') {
    const start = story.vpn(last.at);
    counted = changeProtNuma(story.mm, start, start + last.pages, strategy);
  } else counted = story.apply(last).mprotect;
  return {
    entries: dumpPages(story.mm, STORY_BASE_VPN, 0, PAGES).pages,
    counted,
    flushes,
    flags: story.mm.vmas.all.map((vma) => vma.flags),
  };
}

const right = strategyOf('right', 'no mistake', 'a test', {});

it('every id is there once, in order', () => {
  const ids = MUTANTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const numbers = (letter: string): number[] => [
    ...new Set(ids.filter((id) => id.startsWith(letter)).map((id) => parseInt(id.slice(1), 10))),
  ];
  expect(numbers('B')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(numbers('M')).toEqual(Array.from({ length: 29 }, (_, i) => i + 1));
});

describe.each(MUTANTS)('$id: $summary', ({ strategy, features, smallest, invisible }) => {
  it('has a state that shows it, or a reason why there is none', () => {
    expect([smallest === undefined, invisible === undefined]).toContain(false);
    expect(smallest === undefined).toBe(invisible !== undefined);
  });

  it.runIf(smallest !== undefined)('shows in its smallest state', () => {
    const state = smallest!;
    expect(outcome(state, strategy ?? merged, features)).not.toEqual(outcome(state, merged));
  });

  it.runIf(smallest !== undefined)('is the only mistake there', () => {
    expect(outcome(smallest!, right)).toEqual(outcome(smallest!, merged));
  });
});
