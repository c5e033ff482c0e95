import type { MachineSpec } from '@ptelab/scenario';

/** One of the stories that a file may become. */
export interface Choice {
  readonly label: string;
  /** What else is to say of it. */
  readonly detail: string;
}

/** What a file turned out to be. */
export interface OpenedFile {
  /** In words: `recordings`, `mprotect calls of an strace log`. */
  readonly what: string;
  /** At least one. */
  readonly choices: readonly Choice[];
}

/** A story that was made of a file. */
export interface OpenedStory {
  readonly text: string;
  /** Machines that it belongs to; null for those that are looked at already. */
  readonly machines: readonly MachineSpec[] | null;
  /** Index of the step to look at. */
  readonly step: number;
}
