/*
 * The recording format, schema 1: one JSON object per line, a description of the boot and then one
 * recording per scenario. Every field is described in recordings/README.md.
 */

/** The line that describes the boot; only what readers use. */
export interface RecordingInfo {
  readonly t: 'info';
  readonly release: string;
  readonly cpuinfo: string;
  /** Whether files below /mnt are on ext4. Absent in recordings of the rig, where they are. */
  readonly ext4?: boolean;
}

/** A system call or another action, with what it returned. */
export interface OpStep {
  readonly t: 'op';
  readonly op: string;
  readonly ret: number;
  readonly errno?: number;
  /**
   * Minor faults of the process. Absent where the program's own can't be kept apart: in recordings of the
   * probe for fork, clear_refs and flushtlb. Other recordings include the program's own faults.
   */
  readonly minflt?: number;
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
  /** 0 if the page tables themselves could not be read: then `pmd` to `anon_excl` are null. */
  readonly pgd_ok?: number;
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
  /** What smaps counts in the VMA, in KiB, by name. */
  readonly kb?: Readonly<Record<string, number>>;
}

/** The VMAs of the process. */
export interface VmasStep {
  readonly t: 'vmas';
  readonly label: string;
  readonly vmas: readonly RecordedVma[];
}

/** One step of a recording. */
export type RecordedStep = DumpStep | FaultsStep | OpStep | VmasStep;

/** Properties of a CPU as far as they show in page tables. */
export interface CpuFeatures {
  /** x86-64: protection keys. */
  readonly pku?: boolean;
  /** x86-64: levels of page tables. */
  readonly levels?: number;
  /** arm64: the CPU sets accessed bits itself. */
  readonly hw_access_flag?: boolean;
}

/** One scenario on one real kernel. */
export interface Recording {
  readonly schema: 1;
  readonly scenario: string;
  /** `uname -r`. */
  readonly kernel: string;
  readonly arch: 'amd64' | 'arm64';
  readonly cpu: string;
  /** `ptelab-probe` if our own probe made the recording: its own faults are not in it. */
  readonly program?: string;
  /** What the CPU can, where its name does not say so. */
  readonly cpu_features?: CpuFeatures;
  /** Probes of `seq` and `counters`. Absent: those of the recordings of the kernel release. */
  readonly probes?: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly page_size: 4096;
  readonly base: string;
  /** The scenario text, line by line. */
  readonly source: readonly string[];
  readonly status: number;
  /** 1 if the process was ended because it took too long. */
  readonly timeout?: number;
  readonly steps: readonly RecordedStep[];
}
