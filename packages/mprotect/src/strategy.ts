import type { Pte } from '@ptelab/pte';
import type { PteRange } from './pte-range.ts';

/** Version of the {@link Strategy} contract. */
export const STRATEGY_API_VERSION = 1;

/**
 * How a protection change treats present entries: the part of `change_pte_range` that the batching
 * work rewrote. Everything around it (the walk, non-present entries, the gather) is shared.
 *
 * What it does must depend on nothing but the range and what it reads through it: whole tables that are
 * in one state are walked once.
 */
export interface Strategy {
  readonly kind: 'strategy';
  readonly apiVersion: typeof STRATEGY_API_VERSION;
  /** Kebab-case name, as `--strategy` takes it. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Where the algorithm comes from: kernel function and release, or a message. */
  readonly source: string;
  /**
   * Changes the present entry at `index` and as many of its followers as the strategy likes.
   *
   * Must start and commit every entry that it changes, record a flush in `range.gather` where
   * `pteNeedsFlush` asks for one, and add the changed entries to `range.pages`.
   *
   * @param range - the walk; indices are valid in [`index`, `range.end`).
   * @param pte - what the walk read from entry `index`, with young and dirty of its block.
   * @returns how many entries the walk moves on by, at least 1.
   */
  changePresentPtes(range: PteRange, index: number, pte: Pte): number;
  /**
   * Changes the non-present entry at `index`, a marker among them; never asked for an empty one. Must
   * leave no flush owed.
   *
   * @returns how many entries it adds to the walk's count, 0 or 1.
   * @defaultValue {@link changeSoftleafPte}: no kernel and no proposal does it otherwise
   */
  changeSoftleafPte?(range: PteRange, index: number, pte: Readonly<Pte>): number;
}

/**
 * Declares a strategy. Pass the result to {@link mprotect} or name the module on the command line.
 *
 * @throws RangeError if the name is not kebab-case.
 */
export function defineStrategy(strategy: Omit<Strategy, 'kind' | 'apiVersion'>): Strategy {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(strategy.name)) {
    throw new RangeError(`strategy name ${JSON.stringify(strategy.name)} is not kebab-case`);
  }
  return { kind: 'strategy', apiVersion: STRATEGY_API_VERSION, ...strategy };
}
