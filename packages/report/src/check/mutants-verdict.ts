/** What became of one mutant: killed by a rule, or not and why. Plain data. */
export interface JudgedMutant {
  readonly id: string;
  readonly summary: string;
  /** Rule that it breaks; null if none was seen to break. */
  readonly invariant: string | null;
  /** Entries that vary in the state that kills it; null if a story does, or nothing. */
  readonly slots: number | null;
  /** Why nothing can show the mistake; null if something can. */
  readonly reason: string | null;
}

/** What became of all mutants. */
export interface MutantsVerdict {
  readonly mutants: number;
  readonly killed: number;
  /** Not killed, with a reason why. */
  readonly explained: number;
  /** Ids of those that are neither. */
  readonly survivors: readonly string[];
  readonly list: readonly JudgedMutant[];
}
