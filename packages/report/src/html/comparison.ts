import type { CostMachine, StepCost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';

/** What one scenario did on several machines, and what that costs. */
export interface Comparison {
  /** Where the scenario was read from, as given. */
  readonly source: string;
  /** Any length, or an empty string. */
  readonly description: string;
  /** The operations as op lines, also those that no run came to. */
  readonly ops: readonly string[];
  /** Run with `maps`, for page tables before and after. */
  readonly runs: readonly Run[];
  /** For each run what its protection changes cost; empty where no machine of its architecture was asked for. */
  readonly costs?: readonly (readonly StepCost[])[];
}

/** What a strategy is and where it comes from. */
export interface StrategySource {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
}

/** Where the figures of a report come from. */
export interface Provenance {
  /** Version of ptelab. */
  readonly version: string;
  /** The command that made the report. */
  readonly command: string;
  readonly strategies: readonly StrategySource[];
  /** Machines that costs are predicted for. */
  readonly costs: readonly CostMachine[];
}
