import type { Cost } from '@ptelab/cost';
import type { Analysis, RoundCounts } from '@ptelab/kernel';

/** Rounds and what they cost; null where no machine has prices for that architecture. */
export interface PricedRound {
  readonly round: RoundCounts;
  readonly protect: Cost | null;
  readonly restore: Cost | null;
}

/** An analysis with prices, in the order in which it lists its rounds. */
export interface PricedAnalysis {
  readonly analysis: Analysis;
  readonly rounds: readonly PricedRound[];
  /** By VMA. */
  readonly vmas: readonly (readonly PricedRound[])[];
  /** The private anonymous memory as it is. */
  readonly anonymous: readonly PricedRound[];
  /** By folio size. */
  readonly whatIf: readonly (readonly PricedRound[])[];
}
