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
const SMALL_BLOCK = 900;

function judge(name: string, machine: CheckMachine): TaskResult {
  const strategy = findStrategy(name)!;
  const search = new Search({ scope: 'small', machines: [machine] });
  let result = NO_RESULT;
  for (const task of search.tasks()) {
    if (task.size > SMALL_BLOCK) continue;
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

  it.each(STRATEGIES.map(({ name }) => name).filter((name) => !(name in REFUTED)))(
    '%s breaks no rule',
    (name) => {
      const { violation, remarks, states } = judge(name, machine);
      expect(violation).toBeNull();
      expect(remarks).toEqual([]);
      expect(states).toBeGreaterThan(30_000);
    },
  );
});

it('series-v3 is safe on arm64 up to 6.18, where every change is flushed; what it stands on is not', () => {
  const { violation, remarks } = judge('series-v3', { arch: 'arm64', kernel: '6.18' });
  expect(violation).toBeNull();
  expect(remarks.map(({ finding }) => finding.invariant)).toEqual(['uniform-batch']);
});
