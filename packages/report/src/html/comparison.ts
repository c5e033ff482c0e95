import type { Cost } from '@ptelab/cost';
import type { Run } from '@ptelab/scenario';

/** What one scenario did on several machines, and what that costs. */
export interface Comparison {
  /** Where the scenario was read from, as given. */
  readonly source: string;
  /** Any length, or an empty string. */
  readonly description: string;
  /** The operations as op lines, also those that no run came to. */
  readonly ops: readonly string[];
  /** With {@link RunOptions.maps}, for page tables before and after. */
  readonly runs: readonly Run[];
  /** For each run what each of its steps costs; null where nothing is known. Absent: not asked for. */
  readonly costs?: readonly (readonly (Cost | null)[])[];
}

/** What a machine's strategy is and where it comes from. */
export interface StrategySource {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
}

/** A parameter of a cost model, as text. */
export interface CostParameter {
  readonly name: string;
  /** With its unit and range. */
  readonly value: string;
  readonly source: string;
}

/** A machine that costs are predicted for. */
export interface CostSource {
  /** Id, as `--cost` takes it. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly CostParameter[];
  /** How near the model is to what was published, one line each. */
  readonly validation: readonly string[];
}

/** Where the figures of a report come from. */
export interface Provenance {
  /** Version of ptelab. */
  readonly version: string;
  /** The command that made the report. */
  readonly command: string;
  readonly strategies: readonly StrategySource[];
  readonly costs: readonly CostSource[];
  /** How the model was checked against kernels, one paragraph each. */
  readonly validation: readonly string[];
}
