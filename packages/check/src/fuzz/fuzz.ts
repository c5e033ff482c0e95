import * as fc from 'fast-check';
import type { Strategy } from '@ptelab/mprotect';
import { formatOpLine, scenarioFromOpLines, type Operation, type Scenario } from '@ptelab/scenario';
import type { KernelFeatures } from '@ptelab/pte';
import type { CheckMachine } from '../search/machine.ts';
import { judgeStory, type BrokenStory } from './judged-story.ts';
import { stories } from './operations.ts';

/** Choices of {@link fuzzStrategy}. */
export interface FuzzOptions {
  /** Stories to try. */
  readonly runs: number;
  /** Where chance starts: the same seed tries the same stories. */
  readonly seed: number;
  /** Rules in which the machine differs from its release. */
  readonly features?: Partial<KernelFeatures>;
  /** Most steps of a story after its mappings. @defaultValue 12 */
  readonly maxSteps?: number;
  /** Told every story before it is judged, those of shrinking too. */
  readonly onStory?: (operations: readonly Operation[]) => void;
}

/** What fuzzing found. Plain data. */
export interface FuzzResult {
  readonly machine: CheckMachine;
  readonly seed: number;
  /** Stories that were judged, those of shrinking left out. */
  readonly stories: number;
  /** The smallest story that still breaks a rule, or null. */
  readonly counterExample: { readonly scenario: Scenario; readonly broken: BrokenStory } | null;
}

/** Cuts a story off after the step that breaks it: what comes later plays no part. */
function upTo(operations: readonly Operation[], { step }: BrokenStory): string[] {
  return operations.slice(0, step + 1).map(formatOpLine);
}

/**
 * Judges a strategy on random stories, which reach states far beyond those of the exhaustive search:
 * forks, huge pages, swap, files. A story that breaks a rule is shrunk.
 *
 * Contiguous blocks enter the TLB as a whole in one half of the stories and page by page in the other.
 */
export function fuzzStrategy(
  strategy: Strategy,
  machine: CheckMachine,
  options: FuzzOptions,
): FuzzResult {
  const { runs, seed, maxSteps = 12, features = {}, onStory } = options;
  const story = fc.record({
    operations: stories(machine.arch, maxSteps),
    tlb: fc.constantFrom('block', 'page'),
  });
  const details = fc.check(
    fc.property(story, ({ operations, tlb }) => {
      onStory?.(operations);
      return judgeStory(operations, strategy, machine, { tlb, features }) === null;
    }),
    { seed, numRuns: runs },
  );
  const result = { machine, seed, stories: details.numRuns };
  if (!details.failed) return { ...result, counterExample: null };
  if (details.counterexample === null) throw new Error('fast-check ended without a story');
  const [smallest] = details.counterexample;
  const { operations, tlb } = smallest;
  const broken = judgeStory(operations, strategy, machine, { tlb, features });
  if (broken === null) throw new Error('the story breaks no rule when it is told again');
  const { invariant, text } = broken.finding;
  const scenario = scenarioFromOpLines('counter-example', upTo(operations, broken));
  const titled = { ...scenario, title: `${invariant}: ${text}`, tlb };
  return { ...result, counterExample: { scenario: titled, broken } };
}
