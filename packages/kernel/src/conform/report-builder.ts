import type { Difference } from './compare-calls.ts';
import { emptyCounts, type ConformCounts, type Mismatch } from './result.ts';

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
  count(name: 'counters' | 'faultVectors' | 'paeFlags' | 'ptes', nr: number): void {
    this.counts[name] += nr;
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
