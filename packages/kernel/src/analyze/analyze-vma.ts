import type { PageRun, SnapshotVma } from '../snapshot/records.ts';
import type { VmaAnalysis } from './analysis.ts';
import { BatchCounter, type BatchGeometry } from './batches.ts';
import { PmdMapped } from './pmd-mapped.ts';
import type { RoundTotals } from './totals.ts';
import { ThpCounter, thpmapsLooksAt, type ThpGeometry } from './thpmaps.ts';
import type { Windows } from './windows.ts';

/** Looks at one VMA, run by run. */
export class VmaAnalyzer {
  readonly #vma: SnapshotVma;
  readonly #thp: ThpCounter;
  readonly #batches: BatchCounter;
  readonly #windows: Windows | null;
  readonly #rounds: RoundTotals;
  readonly #pmdMapped: PmdMapped;
  #swapped = 0;
  #hidden = 0;

  /**
   * @param windows - what is to be modelled of the VMA, or null for nothing.
   * @param rounds - where the rounds of the windows are counted.
   */
  constructor(
    vma: SnapshotVma,
    thp: ThpGeometry,
    batches: BatchGeometry,
    windows: Windows | null,
    rounds: RoundTotals,
  ) {
    this.#vma = vma;
    this.#thp = new ThpCounter(thp);
    this.#batches = new BatchCounter(vma, batches);
    this.#windows = windows;
    this.#rounds = rounds;
    this.#pmdMapped = new PmdMapped(vma, thp.pageKb, batches.tablePages, (run, huge) => {
      this.#batches.add(run, huge);
      this.#windows?.add(run, huge);
    });
  }

  add(run: PageRun): void {
    if (run.kind === 'swap') this.#swapped += run.pages;
    else if (run.kind === 'unknown') this.#hidden += run.pages;
    else this.#pmdMapped.add(run);
    this.#thp.add(run);
  }

  /** The VMA is over. */
  end(): VmaAnalysis {
    this.#pmdMapped.end();
    this.#windows?.end();
    return {
      vma: this.#vma,
      swapped: this.#swapped,
      hidden: this.#hidden,
      thpmaps: thpmapsLooksAt(this.#vma) ? this.#thp.figures(this.#vma) : null,
      batches: this.#batches.end(),
      rounds: this.#rounds.counts(),
    };
  }
}
