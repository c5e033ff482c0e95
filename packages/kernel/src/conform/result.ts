/** How recordings are replayed. */
export type ConformMode = 'step' | 'story';

/** What was compared, as counts. `steps` are mprotect calls (step mode) or operations (story mode). */
export interface ConformCounts {
  recordings: number;
  steps: number;
  /** Raw entries compared, PMD entries included. */
  ptes: number;
  /** PageAnonExclusive flags compared. */
  paeFlags: number;
  /** Fault vectors compared. */
  faultVectors: number;
  /** Traced calls compared: counters and ordered calls. */
  counters: number;
  mismatches: number;
  /** Steps skipped because the model lacks an operation. */
  unsupported: number;
}

/** One disagreement between a recording and the model. */
export interface Mismatch {
  readonly file: string;
  readonly recording: string;
  /** 0-based index of the recorded step. */
  readonly step: number;
  /** The operation, as an op line. */
  readonly op: string;
  /** What differs, e.g. `pte 17` or `counter vm_normal_page`. */
  readonly what: string;
  /** What the kernel did. */
  readonly expected: string;
  /** What the model did. */
  readonly found: string;
}

/** Result for one recording file. */
export interface FileReport extends ConformCounts {
  readonly file: string;
  readonly arch: string;
  readonly kernel: string;
  readonly cpu: string;
  /** What the model lacks, with the number of steps that it cost. */
  readonly lacks: Readonly<Record<string, number>>;
}

/** Result for all files: the summary object of `ptelab conform --json`. */
export interface ConformSummary extends ConformCounts {
  files: number;
  byFamily: Record<string, ConformCounts>;
}

/** All counts zero. */
export function emptyCounts(): ConformCounts {
  return {
    recordings: 0,
    steps: 0,
    ptes: 0,
    paeFlags: 0,
    faultVectors: 0,
    counters: 0,
    mismatches: 0,
    unsupported: 0,
  };
}

/** Adds the counts of `from` to `to`. */
export function addCounts(to: ConformCounts, from: ConformCounts): void {
  to.recordings += from.recordings;
  to.steps += from.steps;
  to.ptes += from.ptes;
  to.paeFlags += from.paeFlags;
  to.faultVectors += from.faultVectors;
  to.counters += from.counters;
  to.mismatches += from.mismatches;
  to.unsupported += from.unsupported;
}
