import type { Pte } from '@ptelab/pte';

/**
 * A PMD that is not a table: a mapped huge page, or the migration entry of one.
 *
 * The two words are split like those of a leaf entry.
 */
export class HugePmd {
  readonly entry: Pte;
  /** Virtual page of the first base page. */
  readonly base: number;

  constructor(base: number, entry: Pte) {
    this.base = base;
    this.entry = entry;
  }
}
