import { PAGEMAP_FLAG, type PageRun, type SnapshotVma } from '../snapshot/records.ts';

/** Takes runs; `huge` ones are a whole folio that one PMD maps. */
export type TakeRun = (run: PageRun, huge: boolean) => void;

/**
 * Tells which huge folios of a VMA are mapped by PMDs. smaps says how many there are but not which, and pagemap
 * shows the same for both: so the first that could be are taken. A huge folio may be several runs, where others
 * map parts of it; it is put together again.
 */
export class PmdMapped {
  readonly #pmdPages: number;
  readonly #take: TakeRun;
  #left: number;
  /** Runs from the start of a folio that could be mapped by a PMD. */
  #parts: PageRun[] = [];

  constructor({ sums }: SnapshotVma, pageKb: number, pmdPages: number, take: TakeRun) {
    this.#pmdPages = pmdPages;
    this.#take = take;
    const kb = (sums?.anonHugeKb ?? 0) + (sums?.shmemPmdKb ?? 0) + (sums?.filePmdKb ?? 0);
    this.#left = Math.floor(kb / (pageKb * pmdPages));
  }

  /** True if a run begins such a folio, or continues the one that has begun. */
  #fits({ vpn, pages, pfn, order }: PageRun): boolean {
    const nr = this.#pmdPages;
    if (this.#left === 0 || pfn === null || order !== Math.log2(nr)) return false;
    const before = this.#parts.at(-1);
    if (before === undefined) return vpn % nr === 0 && pfn % nr === 0;
    const follows = vpn === before.vpn + before.pages && pfn === (before.pfn ?? 0) + before.pages;
    return follows && vpn % nr !== 0 && (vpn % nr) + pages <= nr;
  }

  /** Adds the next run of the VMA. */
  add(run: PageRun): void {
    if (!this.#fits(run)) {
      this.end();
      if (!this.#fits(run)) {
        this.#take(run, false);
        return;
      }
    }
    this.#parts.push(run);
    const [first] = this.#parts;
    if (first === undefined || run.vpn + run.pages !== first.vpn + this.#pmdPages) return;
    const alone = this.#parts.every((part) => (part.pagemapFlags & PAGEMAP_FLAG.EXCLUSIVE) !== 0);
    const flags = alone ? first.pagemapFlags : first.pagemapFlags & ~PAGEMAP_FLAG.EXCLUSIVE;
    this.#parts = [];
    this.#left--;
    this.#take({ ...first, pages: this.#pmdPages, pagemapFlags: flags }, true);
  }

  /** No run follows that could complete a folio. */
  end(): void {
    const parts = this.#parts;
    this.#parts = [];
    for (const part of parts) this.#take(part, false);
  }
}
