import { arch as nodeArch } from 'node:process';
import type { ArchName } from '@ptelab/pte';
import { PtelabEnvironmentError } from '../environment-error.ts';
import { PtelabInputError } from '../input-error.ts';
import { isGone } from '../proc/error-code.ts';
import { Frames } from '../proc/frames.ts';
import { KERNEL_FOLDERS, readHost, type HostFacts, type KernelFolders } from '../proc/host.ts';
import { Anonymiser } from './anonymise.ts';
import { readProcess, type Hidden } from './read-process.ts';
import {
  SNAPSHOT_VERSION,
  type ProcessSummary,
  type SnapshotInfo,
  type SnapshotRecord,
} from './records.ts';

/** Choices of {@link Capture}. */
export interface CaptureOptions {
  /** Replace what tells about the machine and its user. @defaultValue true */
  readonly anonymise?: boolean;
  /** @defaultValue those of the running kernel */
  readonly folders?: KernelFolders;
  /** @defaultValue of the running kernel */
  readonly arch?: ArchName;
  /** When it is. @defaultValue now */
  readonly time?: Date;
  /** Told how far the reading is: program, and VMAs of it so far. */
  readonly onProgress?: (comm: string, vmas: number) => void;
}

function runningArch(): ArchName {
  if (nodeArch === 'x64') return 'x86-64';
  if (nodeArch === 'arm64') return 'arm64';
  throw new PtelabEnvironmentError('no-arch', `expected x86-64 or arm64, found ${nodeArch}`);
}

/** A process that could not be read, and why. */
export interface UnreadProcess {
  readonly pid: number;
  readonly error: PtelabEnvironmentError | PtelabInputError;
}

/** Reads processes out of /proc, once. */
export class Capture {
  readonly host: HostFacts;
  /** Processes that could not be read so far. */
  readonly unread: UnreadProcess[] = [];
  readonly #pids: readonly number[];
  readonly #options: CaptureOptions;
  readonly #anonymiser: Anonymiser | null;
  readonly #processes: ProcessSummary[] = [];
  readonly #hidden: Hidden = { frames: 0 };
  readonly #time: Date;
  readonly #folders: KernelFolders;
  readonly #lacks: string[] = [];

  /** @throws PtelabEnvironmentError if this is no Linux. */
  constructor(pids: readonly number[], options: CaptureOptions = {}) {
    this.#pids = [...new Set(pids)];
    this.#options = options;
    this.#folders = options.folders ?? KERNEL_FOLDERS;
    this.#time = options.time ?? new Date();
    const host = readHost(this.#folders, options.arch ?? runningArch());
    const blockPages = host.hpagePmdSize / host.pageSize;
    this.#anonymiser = (options.anonymise ?? true) ? new Anonymiser(blockPages) : null;
    this.host = { ...host, host: this.#anonymiser?.host(host.host) ?? host.host };
  }

  /**
   * VMAs and runs of all processes. A process that can't be read is left out and named in `unread`.
   *
   * @throws the error of the first process if none could be read.
   */
  *records(): Generator<SnapshotRecord> {
    const { pageSize, hpagePmdSize } = this.host;
    const frames = new Frames(this.#folders.proc, hpagePmdSize / pageSize);
    try {
      for (const pid of this.#pids) yield* this.#process(pid, frames);
    } finally {
      frames.close();
    }
    if (frames.noFlags !== null) this.#lacks.push(`/proc/kpageflags: ${frames.noFlags}`);
    if (frames.noCounts !== null) this.#lacks.push(`/proc/kpagecount: ${frames.noCounts}`);
    const [first] = this.unread;
    if (this.#processes.length === 0 && first !== undefined) throw first.error;
  }

  *#process(pid: number, frames: Frames): Generator<SnapshotRecord> {
    const { onProgress } = this.#options;
    const reading = {
      proc: this.#folders.proc,
      pageShift: Math.log2(this.host.pageSize),
      frames,
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const records = readProcess(pid, reading, this.#hidden);
    for (;;) {
      const next = this.#next(pid, records);
      if (next === null) return;
      if (next.done === true) {
        this.#processes.push(next.value);
        return;
      }
      yield this.#anonymiser?.record(next.value) ?? next.value;
    }
  }

  /** One step of a reading; null if the process can't be read. */
  #next(
    pid: number,
    records: Generator<SnapshotRecord, ProcessSummary>,
  ): IteratorResult<SnapshotRecord, ProcessSummary> | null {
    try {
      return records.next();
    } catch (error) {
      if (error instanceof PtelabEnvironmentError) this.unread.push({ pid, error });
      else if (isGone(error)) {
        const text = `expected a process, found none`;
        this.unread.push({
          pid,
          error: new PtelabInputError('no-process', `--pid ${pid}`, 0, text),
        });
      } else throw error;
      return null;
    }
  }

  /** What there is to say once all records were taken. */
  info(): SnapshotInfo {
    const { frames } = this.#hidden;
    return {
      version: SNAPSHOT_VERSION,
      time: this.#time.toISOString(),
      ...this.host,
      anonymised: this.#anonymiser !== null,
      lacks: [
        ...(frames === 0 ? [] : [`page frames of ${frames} pages: hidden without CAP_SYS_ADMIN`]),
        ...this.#lacks,
      ],
      processes: this.#processes,
    };
  }
}
