/*
 * The recording format, schema 1: one JSON object per line, a description of the boot and then one
 * recording per scenario. Every field is described in recordings/README.md.
 */

/** The line that describes the boot; only what readers use. */
export interface RecordingInfo {
  readonly t: 'info';
  readonly release: string;
  readonly cpuinfo: string;
}

/** A system call or another action, with what it returned. */
export interface OpStep {
  readonly t: 'op';
  readonly op: string;
  readonly ret: number;
  readonly errno?: number;
  /** Minor faults of the process, the test program's own included. */
  readonly minflt: number;
  /** Traced functions and probes of an mprotect, in order; `Nx line` stands for N equal lines. */
  readonly seq?: readonly string[];
  readonly seq_truncated?: number;
  readonly counters?: Readonly<Record<string, number>> | null;
  /** Instructions and TLB operations of an mprotect, in recordings without tracing. */
  readonly plugin?: Readonly<Record<string, number>>;
}

/** Page tables of a range. Arrays have one element per page, `pmd` one per 2 MiB. */
export interface DumpStep {
  readonly t: 'dump';
  readonly label: string;
  readonly mm: string;
  readonly off: number;
  readonly n: number;
  readonly pmd: readonly (string | null)[];
  readonly pte: readonly (string | null)[];
  readonly pagemap: readonly (string | null)[];
  readonly kpageflags: readonly (string | null)[];
  /** Mappings of each page. */
  readonly kpagecount: readonly (number | null)[];
  readonly pgflags: readonly (string | null)[];
  readonly mapcount: readonly (number | null)[];
  readonly anon_excl: readonly (number | null)[];
}

/** Pages touched one by one; a digit per page: its faults, or S for a signal. */
export interface FaultsStep {
  readonly t: 'faults';
  readonly label: string;
  readonly access: 'r' | 'w';
  readonly off: number;
  readonly n: number;
  readonly step: number;
  readonly vec: string;
}

/** One VMA as smaps shows it, page numbers relative to the base. */
export interface RecordedVma {
  readonly off: number;
  readonly n: number;
  readonly perms: string;
  readonly vmflags?: string;
}

/** The VMAs of the process. */
export interface VmasStep {
  readonly t: 'vmas';
  readonly label: string;
  readonly vmas: readonly RecordedVma[];
}

/** One step of a recording. */
export type RecordedStep = DumpStep | FaultsStep | OpStep | VmasStep;

/** One scenario on one real kernel. */
export interface Recording {
  readonly schema: 1;
  readonly scenario: string;
  /** `uname -r`. */
  readonly kernel: string;
  readonly arch: 'amd64' | 'arm64';
  readonly cpu: string;
  readonly config: Readonly<Record<string, string>>;
  readonly page_size: 4096;
  readonly base: string;
  /** The scenario text, line by line. */
  readonly source: readonly string[];
  readonly status: number;
  readonly steps: readonly RecordedStep[];
}
