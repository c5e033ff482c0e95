import type { MutantVerdict } from '@ptelab/check';

/** What became of all mutants. */
export interface MutantsVerdict {
  readonly mutants: number;
  /** Those that break a rule of safety or of quality. */
  readonly killed: number;
  /** Not killed, with a reason why. */
  readonly explained: number;
  /** Ids of those that are neither. */
  readonly survivors: readonly string[];
  readonly list: readonly MutantVerdict[];
}
