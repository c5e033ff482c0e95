import type { Cost } from '@ptelab/cost';
import type { Replay } from '@ptelab/kernel';

/** A replayed log and what its calls would cost; costs stand in the order of what they are the cost of. */
export interface PricedReplay {
  readonly replay: Replay;
  readonly total: Cost;
  readonly sites: readonly Cost[];
  readonly processes: readonly Cost[];
  readonly ranges: readonly Cost[];
  readonly sizes: readonly Cost[];
}
