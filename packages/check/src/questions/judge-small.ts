import type { Strategy } from '@ptelab/mprotect';
import type { CheckMachine } from '../search/machine.ts';
import { Search } from '../search/search.ts';
import { joinResults, NO_RESULT, type BrokenPlace } from '../search/task-result.ts';

const MACHINES: readonly CheckMachine[] = [
  { arch: 'x86-64', kernel: '7.3' },
  { arch: 'arm64', kernel: '7.3' },
];

/** Blocks up to this size are searched here: one entry, and two of most settings. Takes a second. */
const LARGEST_BLOCK = 200;

/** What a search of the smallest states found. */
export interface SmallVerdict {
  readonly states: number;
  /** The broken rule of safety, or an empty string. */
  readonly rule: string;
  /** Setting and layout of the state that broke it. */
  readonly where: string;
  /** Broken rules of quality, each with the words of the state that shows it. */
  readonly remarks: readonly (readonly [rule: string, where: string])[];
}

/** Judges a strategy on every state of up to two entries, smallest first, on both architectures. */
export function judgeSmall(strategy: Strategy): SmallVerdict {
  const search = new Search({ scope: 'tiny', machines: MACHINES });
  let result = NO_RESULT;
  for (const task of search.tasks().sort((a, b) => a.size - b.size)) {
    if (task.size > LARGEST_BLOCK || result.violation !== null) break;
    result = joinResults(result, search.run(task, strategy));
  }
  const { states, violation } = result;
  const where = (place: BrokenPlace): string =>
    `${search.machineOf(place).arch}: ${search.describe(place)}`;
  return {
    states,
    rule: violation?.finding.invariant ?? '',
    where: violation === null ? '' : where(violation),
    remarks: result.remarks.map((place) => [place.finding.invariant, where(place)]),
  };
}
