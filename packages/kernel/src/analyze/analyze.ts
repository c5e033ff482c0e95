import type { Machine } from '@ptelab/scenario';
import type { SnapshotSource, SnapshotVma } from '../snapshot/records.ts';
import type { Analysis, VmaAnalysis } from './analysis.ts';
import { VmaAnalyzer } from './analyze-vma.ts';
import { isAnonymous } from './anonymous.ts';
import { addBatches, noBatches } from './batches.ts';
import { OrderCounter } from './folio-orders.ts';
import { repopulate } from './repopulate.ts';
import { hasRound, playRound, type ModelVma } from './round.ts';
import { RoundTotals, ThpRollup } from './totals.ts';
import type { ThpGeometry } from './thpmaps.ts';
import { Windows } from './windows.ts';

/** Choices of {@link analyzeSnapshot}. */
export interface AnalysisOptions {
  /** Machines to model rounds on; those with other page sizes than the snapshot are refused. */
  readonly machines: readonly Machine[];
  /** Sizes of contiguous blocks to look for, in KiB: powers of two from two pages to a PMD. */
  readonly contKb: readonly number[];
  /** Told of each VMA that is done. */
  readonly onProgress?: (comm: string, vmas: number) => void;
}

/** Bytes of a contiguous block of arm64, by page size. */
const CONTPTE_KB: ReadonlyMap<number, number> = new Map([
  [4, 64],
  [16, 2048],
  [64, 2048],
]);

/** Folios below are no choice for anonymous memory. */
const LEAST_ORDER = 2;

interface Alternative {
  readonly order: number;
  pages: number;
  readonly rounds: RoundTotals;
}

/** Everything that is added up over VMAs. */
class Analyzer {
  readonly #source: SnapshotSource;
  readonly #options: AnalysisOptions;
  readonly #geometry: ThpGeometry;
  readonly #tablePages: number;
  readonly #contpteKb: number;
  readonly #vmas: VmaAnalysis[] = [];
  readonly #orders = new OrderCounter();
  readonly #rollup = new ThpRollup();
  readonly #rounds: RoundTotals;
  readonly #anonymous: Alternative;
  readonly #whatIf: readonly Alternative[];

  constructor(source: SnapshotSource, options: AnalysisOptions) {
    const { pageSize, hpagePmdSize } = source.host;
    const { machines } = options;
    const pageKb = pageSize / 1024;
    const tablePages = hpagePmdSize / pageSize;
    const pmdOrder = Math.log2(tablePages);
    for (const { arch } of machines) {
      if (2 ** arch.pageShift === pageSize && arch.ptesPerTable === tablePages) continue;
      const found = `${arch.ptesPerTable} pages of ${2 ** arch.pageShift} bytes`;
      throw new RangeError(`expected tables of ${tablePages} pages of ${pageSize}, found ${found}`);
    }
    this.#source = source;
    this.#options = options;
    this.#tablePages = tablePages;
    this.#contpteKb = CONTPTE_KB.get(pageKb) ?? 64;
    const contOrders = options.contKb.map((kb) => Math.log2(kb / pageKb));
    this.#geometry = { pageKb, pmdOrder, contOrders };
    const alternative = (order: number): Alternative => {
      return { order, pages: 0, rounds: new RoundTotals(machines) };
    };
    this.#rounds = new RoundTotals(machines);
    this.#anonymous = alternative(0);
    const orders = Array.from({ length: pmdOrder - LEAST_ORDER }, (_, i) => i + LEAST_ORDER);
    this.#whatIf = [0, ...orders].map(alternative);
  }

  /** Rounds of one part of a VMA, as it is and as it could be. */
  #play(model: ModelVma, rounds: RoundTotals): void {
    const { machines } = this.#options;
    const events = machines.map((machine) => playRound(machine, model));
    rounds.add(events);
    this.#rounds.add(events);
    const anonPages = model.runs.reduce((n, run) => n + (run.kind === 'anon' ? run.pages : 0), 0);
    if (!isAnonymous(model.vma) || anonPages === 0) return;
    this.#anonymous.pages += anonPages;
    this.#anonymous.rounds.add(events);
    for (const alternative of this.#whatIf) {
      const { model: other, pages } = repopulate(model, alternative.order);
      alternative.pages += pages;
      alternative.rounds.add(machines.map((machine) => playRound(machine, other)));
    }
  }

  #start(vma: SnapshotVma): VmaAnalyzer {
    const rounds = new RoundTotals(this.#options.machines);
    const windows = hasRound(vma)
      ? new Windows(vma, this.#tablePages, (model) => {
          this.#play(model, rounds);
        })
      : null;
    const contpteOrder = Math.log2(this.#contpteKb / this.#geometry.pageKb);
    const batches = { tablePages: this.#tablePages, contpteOrder };
    return new VmaAnalyzer(vma, this.#geometry, batches, windows, rounds);
  }

  #end(analyzer: VmaAnalyzer | null): void {
    if (analyzer === null) return;
    this.#orders.endVma();
    const done = analyzer.end();
    this.#vmas.push(done);
    if (done.thpmaps !== null) this.#rollup.add(done.thpmaps);
    this.#options.onProgress?.(done.vma.comm, this.#vmas.length);
  }

  async run(): Promise<Analysis> {
    let analyzer: VmaAnalyzer | null = null;
    for await (const record of this.#source.records) {
      if (record.row === 'vma') {
        this.#end(analyzer);
        analyzer = this.#start(record.vma);
      } else {
        analyzer?.add(record.run);
        this.#orders.add(record.run);
      }
    }
    this.#end(analyzer);
    return this.#result();
  }

  #result(): Analysis {
    const batches = noBatches();
    for (const vma of this.#vmas) addBatches(batches, vma.batches);
    const { pageKb } = this.#geometry;
    const figures = ({ pages, rounds }: Alternative): Analysis['anonymous'] => {
      return { pages, rounds: rounds.counts() };
    };
    return {
      host: this.#source.host,
      vmas: this.#vmas,
      thpmaps: this.#rollup.sum(),
      orders: this.#orders.pages(),
      batches,
      contpteKb: this.#contpteKb,
      rounds: this.#rounds.counts(),
      anonymous: figures(this.#anonymous),
      whatIf: this.#whatIf.map((alternative) => {
        return { kb: 2 ** alternative.order * pageKb, ...figures(alternative) };
      }),
    };
  }
}

/**
 * Looks at the folios and batches of a snapshot, VMA by VMA, and models what an mprotect of each VMA does.
 *
 * @throws RangeError if a machine has other page tables than the snapshot's; PtelabInputError and others while the
 * source is read.
 */
export function analyzeSnapshot(
  source: SnapshotSource,
  options: AnalysisOptions,
): Promise<Analysis> {
  return new Analyzer(source, options).run();
}
