import type { MachineSpec } from '@ptelab/scenario';

/** A story worth looking at. */
export interface Exhibit {
  readonly id: string;
  readonly title: string;
  /** What there is to see, why, and what follows: three sentences. */
  readonly sentences: readonly [string, string, string];
  /** Number of the question of the patch review that it answers. */
  readonly question: number;
  /** The question in words. */
  readonly asks: string;
  /** The story, as the YAML of a scenario file. */
  readonly text: string;
  /** Machines to look at side by side; the last one leads. */
  readonly machines: readonly MachineSpec[];
  /** Index of the step to open at. */
  readonly step: number;
  /** Page to explain. */
  readonly focus: number;
}
