import { findStrategy, STRATEGIES } from '@ptelab/mprotect';
import { describe, expect, it } from 'vitest';
import {
  joinResults,
  NO_RESULT,
  Search,
  type CheckMachine,
  type TaskResult,
} from '../src/index.ts';

/** Blocks up to this many states: all of one and two slots but userfaultfd's. */
const TWO_SLOTS = 900;
/** All of one slot, and of two where nothing is writable before the call. */
const SOME_OF_TWO = 450;

function judge(name: string, machine: CheckMachine, largest = TWO_SLOTS): TaskResult {
  const strategy = findStrategy(name)!;
  const search = new Search({ scope: 'small', machines: [machine] });
  let result = NO_RESULT;
  for (const task of search.tasks()) {
    if (task.size > largest) continue;
    result = joinResults(result, search.run(task, strategy));
    if (result.violation !== null) break;
  }
  return result;
}

const X86: CheckMachine = { arch: 'x86-64', kernel: '7.3' };
const ARM: CheckMachine = { arch: 'arm64', kernel: '7.3' };

/** The strategies that the review or users refuted: by what, on how many slots. */
const REFUTED: Readonly<Record<string, readonly [string, number]>> = {
  'series-v3': ['flush-coverage', 2],
  'series-v4': ['exclusive-writable', 1],
  'split-helpers': ['exclusive-writable', 1],
  'merged-rc1': ['exclusive-writable', 1],
};

describe.each([X86, ARM])('on $arch $kernel', (machine) => {
  it.each(Object.entries(REFUTED))('%s is refuted', (name, [invariant, slots]) => {
    const { violation } = judge(name, machine);
    expect([violation?.finding.invariant, violation?.chosen.length]).toEqual([invariant, slots]);
  });
});

const ACCEPTED = STRATEGIES.map(({ name }) => name).filter((name) => !(name in REFUTED));

// On arm64 one of them, in a small part of the scope: the whole is for `ptelab check`.
it.each([
  ...ACCEPTED.map((name) => ({ name, machine: X86 })),
  { name: 'single-fast-path', machine: ARM },
])('$name breaks no rule on $machine.arch', ({ name, machine }) => {
  const { violation, remarks, states } = judge(name, machine, SOME_OF_TWO);
  expect(violation).toBeNull();
  expect(remarks).toEqual([]);
  expect(states).toBeGreaterThan(10_000);
});

it('series-v3 is safe on arm64 up to 6.18, where every change is flushed; what it stands on is not', () => {
  const { violation, remarks } = judge('series-v3', { arch: 'arm64', kernel: '6.18' });
  expect(violation).toBeNull();
  expect(remarks.map(({ finding }) => finding.invariant)).toEqual(['uniform-batch']);
});
