import type { PageRun, SnapshotVma } from '../snapshot/records.ts';
import type { ModelVma } from './round.ts';

/** Pages that are modelled at once: 4 GiB of 4K pages. Larger VMAs count as several calls. */
const WINDOW_PAGES = 2 ** 20;

/** Cuts the runs of a VMA into parts that fit into memory, at borders of page tables. */
export class Windows {
  readonly #vma: SnapshotVma;
  readonly #tablePages: number;
  readonly #take: (model: ModelVma) => void;
  #start: number;
  #pages = 0;
  #runs: PageRun[] = [];
  #pmdMapped = new Set<PageRun>();

  constructor(vma: SnapshotVma, tablePages: number, take: (model: ModelVma) => void) {
    this.#vma = vma;
    this.#tablePages = tablePages;
    this.#take = take;
    this.#start = vma.start;
  }

  /** Adds the next run of the VMA; a `huge` one is mapped by a PMD. */
  add(run: PageRun, huge: boolean): void {
    const last = this.#runs.at(-1);
    const border = run.vpn - (run.vpn % this.#tablePages);
    const cut = last !== undefined && last.vpn + last.pages <= border;
    if (this.#pages >= WINDOW_PAGES && cut) this.#close(border);
    this.#runs.push(run);
    this.#pages += run.pages;
    if (huge) this.#pmdMapped.add(run);
  }

  #close(end: number): void {
    if (this.#runs.length > 0) {
      const [runs, pmdMapped] = [this.#runs, this.#pmdMapped];
      this.#take({ vma: this.#vma, start: this.#start, end, runs, pmdMapped });
    }
    this.#start = end;
    this.#pages = 0;
    this.#runs = [];
    this.#pmdMapped = new Set();
  }

  /** The VMA is over. */
  end(): void {
    this.#close(this.#vma.end);
  }
}
