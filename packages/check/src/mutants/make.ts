import type { Strategy } from '@ptelab/mprotect';
import type { Mutant, SmallestState } from './mutant.ts';
import { strategyOf, type Steps } from './steps.ts';

/** What a mutant of the walk is made of. */
interface WalkMutant {
  readonly id: string;
  readonly summary: string;
  readonly source: string;
  /** The steps that are wrong. */
  readonly steps?: Partial<Steps>;
  /** The wrong way to change non-present entries. */
  readonly softleaf?: Strategy['changeSoftleafPte'];
  readonly smallest?: SmallestState;
  readonly invisible?: string;
}

/** A mutant whose mistake lies in the walk. */
export function walkMutant(mutant: WalkMutant): Mutant {
  const { id, summary, source, steps = {}, softleaf, smallest, invisible } = mutant;
  return {
    id,
    summary,
    source,
    strategy: strategyOf(id, summary, source, steps, softleaf),
    ...(smallest === undefined ? {} : { smallest }),
    ...(invisible === undefined ? {} : { invisible }),
  };
}

/** A state on x86-64, of the op lines given. */
export function x86(...lines: readonly string[]): SmallestState {
  return { arch: 'x86-64', lines };
}
