import { kernelStrategy } from '@ptelab/mprotect';
import { formatOpLine } from '@ptelab/scenario';
import { judgeStory } from '../fuzz/judged-story.ts';
import { smallStories } from '../fuzz/small-stories.ts';
import type { CheckMachine } from '../search/machine.ts';
import { Search } from '../search/search.ts';
import { joinResults, NO_RESULT, type BrokenPlace } from '../search/task-result.ts';
import type { Mutant } from './mutant.ts';

/** What became of a mutant. Plain data. */
export interface MutantVerdict {
  readonly id: string;
  readonly summary: string;
  /**
   * - `killed`: a rule of safety is broken.
   * - `noticed`: a rule of quality is.
   * - `explained`: nothing is found, and there is a reason why nothing can be.
   * - `survived`: nothing is found, and nobody knows why.
   */
  readonly verdict: 'killed' | 'noticed' | 'explained' | 'survived';
  /** The broken rule, or the reason. */
  readonly by: string;
  /** Where it shows: setting and layout, or a story. */
  readonly where: string;
  /** Slots of the smallest counter-example; 0 if it is a story or there is none. */
  readonly slots: number;
}

const MACHINES: readonly CheckMachine[] = [
  { arch: 'x86-64', kernel: '7.3' },
  { arch: 'arm64', kernel: '7.3' },
];
/** Blocks up to this size are searched for mutants that should be seen: four slots among them. */
const LARGEST_BLOCK = 40_000;
/** Blocks up to this size are searched to confirm that a mutant can't be seen: two slots. */
const LARGEST_BLOCK_TO_CONFIRM = 1000;
/** Steps of the stories by which mistakes outside the walk are looked for. */
const STORY_STEPS = 4;

function searchFor(mutant: Mutant): [BrokenPlace | null, BrokenPlace | null, Search] {
  const search = new Search({ scope: 'small', machines: MACHINES });
  const { strategy, invisible } = mutant;
  let result = NO_RESULT;
  if (strategy === undefined) return [null, null, search];
  const most = invisible === undefined ? LARGEST_BLOCK : LARGEST_BLOCK_TO_CONFIRM;
  for (const task of search.tasks().sort((a, b) => a.size - b.size)) {
    if (task.size > most || result.violation !== null) break;
    result = joinResults(result, search.run(task, strategy));
  }
  return [result.violation, result.remarks[0] ?? null, search];
}

function judgeWalk(mutant: Mutant): Omit<MutantVerdict, 'id' | 'summary'> | null {
  const [violation, remark, search] = searchFor(mutant);
  const shown = violation ?? remark;
  if (shown === null) return null;
  return {
    verdict: violation === null ? 'noticed' : 'killed',
    by: shown.finding.invariant,
    where: search.describe(shown),
    slots: shown.chosen.length,
  };
}

function judgeRules({ features, smallest }: Mutant): Omit<MutantVerdict, 'id' | 'summary'> | null {
  if (features === undefined || smallest === undefined) return null;
  const { arch, kernel = '7.2' } = smallest;
  for (const story of smallStories(STORY_STEPS)) {
    const options = { tlb: 'page', features } as const;
    const broken = judgeStory(story, kernelStrategy(kernel), { arch, kernel }, options);
    if (broken === null) continue;
    const where = `a story: ${story.map(formatOpLine).join('; ')}`;
    return { verdict: 'killed', by: broken.finding.invariant, where, slots: 0 };
  }
  return null;
}

/**
 * Looks for a mutant: by exhaustive search if its mistake lies in the walk, smallest states first, and by
 * all small stories otherwise. Mutants that can't be seen are searched too, in a smaller scope.
 */
export function judgeMutant(mutant: Mutant): MutantVerdict {
  const { id, summary, invisible } = mutant;
  const found = mutant.strategy === undefined ? judgeRules(mutant) : judgeWalk(mutant);
  if (found !== null) return { id, summary, ...found };
  const verdict = invisible === undefined ? 'survived' : 'explained';
  return { id, summary, verdict, by: invisible ?? '', where: '', slots: 0 };
}
