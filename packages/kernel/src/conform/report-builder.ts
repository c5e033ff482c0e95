import type { Difference } from './compare-calls.ts';
import type { DumpComparison } from './compare-dump.ts';
import type { InputName } from './inputs.ts';
import { emptyCounts, type ConformCounts, type InputCounts, type Mismatch } from './result.ts';

/** A count of compared things. */
type ComparedCount = Exclude<
  keyof ConformCounts,
  'mismatches' | 'recordings' | 'steps' | 'unsupported'
>;

const DUMP_COUNTS = ['kpageflags', 'mapcounts', 'paeFlags', 'pagemap', 'ptes'] as const;

/** Where a difference was found. */
export interface Place {
  readonly step: number;
  readonly op: string;
}

/** Collects what the replay of one recording compared and found. */
export class RecordingReport {
  readonly counts: ConformCounts = { ...emptyCounts(), recordings: 1 };
  /** What the model lacks, with the steps that it cost. */
  readonly lacks: Map<string, number> = new Map<string, number>();
  /** What was taken from the recording, and how often. */
  readonly inputs: InputCounts = {};
  readonly #file: string;
  readonly #recording: string;
  readonly #onMismatch: ((mismatch: Mismatch) => void) | undefined;

  constructor(file: string, recording: string, onMismatch?: (mismatch: Mismatch) => void) {
    this.#file = file;
    this.#recording = recording;
    this.#onMismatch = onMismatch;
  }

  /** Notes a replayed step. */
  step(): void {
    this.counts.steps++;
  }

  /** Adds to one of the counts of compared things. */
  count(name: ComparedCount, nr: number): void {
    this.counts[name] += nr;
  }

  /** Adds what the comparison of a dump covered, and the disagreements. */
  dump(place: Place, { differences, ...counts }: DumpComparison): void {
    for (const name of DUMP_COUNTS) this.counts[name] += counts[name];
    this.differences(place, differences);
  }

  /** Notes that something was taken from the recording, `nr` times. */
  input(name: InputName, nr: number): void {
    this.inputs[name] = (this.inputs[name] ?? 0) + nr;
  }

  /** Notes a step that was skipped because the model lacks something. */
  unsupported(what: string, steps: number): void {
    this.counts.unsupported += steps;
    this.lacks.set(what, (this.lacks.get(what) ?? 0) + steps);
  }

  /** Notes disagreements. */
  differences(place: Place, differences: readonly Difference[]): void {
    this.counts.mismatches += differences.length;
    for (const difference of differences) {
      this.#onMismatch?.({ file: this.#file, recording: this.#recording, ...place, ...difference });
    }
  }
}
