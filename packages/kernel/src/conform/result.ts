import { INPUT_NAMES, type InputName } from './inputs.ts';

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
  /** Mapcounts compared: raw ones and those of /proc/kpagecount. */
  mapcounts: number;
  /** Values of /proc/PID/pagemap compared. */
  pagemap: number;
  /** Values of /proc/kpageflags compared. */
  kpageflags: number;
  /** Fault vectors compared. */
  faultVectors: number;
  /** VMAs compared, in story mode. */
  vmas: number;
  /** Figures of smaps compared. */
  smaps: number;
  /** Totals of minor faults compared. */
  minflt: number;
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

/** How often each {@link InputName} was taken from recordings. */
export type InputCounts = Partial<Record<InputName, number>>;

/** Result for one recording file. */
export interface FileReport extends ConformCounts {
  readonly file: string;
  readonly arch: string;
  readonly kernel: string;
  readonly cpu: string;
  /** What the model lacks, with the number of steps that it cost. */
  readonly lacks: Readonly<Record<string, number>>;
  /** What was taken from the recordings because no story can say it. */
  readonly inputs: Readonly<InputCounts>;
}

/** Result for all files: the summary object of `ptelab conform --json`. */
export interface ConformSummary extends ConformCounts {
  files: number;
  byFamily: Record<string, ConformCounts>;
  /** What was taken from the recordings because no story can say it: see the README. */
  inputs: InputCounts;
}

/** All counts by name. */
const COUNTS = Object.keys(emptyCounts()) as readonly (keyof ConformCounts)[];

/** All counts zero. */
export function emptyCounts(): ConformCounts {
  return {
    recordings: 0,
    steps: 0,
    ptes: 0,
    paeFlags: 0,
    mapcounts: 0,
    pagemap: 0,
    kpageflags: 0,
    faultVectors: 0,
    vmas: 0,
    smaps: 0,
    minflt: 0,
    counters: 0,
    mismatches: 0,
    unsupported: 0,
  };
}

/** Adds the counts of `from` to `to`. */
export function addCounts(to: ConformCounts, from: ConformCounts): void {
  for (const name of COUNTS) to[name] += from[name];
}

/** Adds the counts of inputs. */
export function addInputs(to: InputCounts, from: Readonly<InputCounts>): void {
  for (const name of INPUT_NAMES) {
    const nr = from[name] ?? 0;
    if (nr > 0) to[name] = (to[name] ?? 0) + nr;
  }
}
