import type { PageRun, SnapshotVma } from '../snapshot/records.ts';

/**
 * Tells which huge folios of a VMA are mapped by PMDs. smaps says how many there are but not which, and pagemap
 * shows the same for both: so the first that could be are taken.
 */
export class PmdMapped {
  readonly #pmdPages: number;
  #left: number;

  constructor({ sums }: SnapshotVma, pageKb: number, pmdPages: number) {
    this.#pmdPages = pmdPages;
    const kb = (sums?.anonHugeKb ?? 0) + (sums?.shmemPmdKb ?? 0) + (sums?.filePmdKb ?? 0);
    this.#left = Math.floor(kb / (pageKb * pmdPages));
  }

  /** Asked once for each run, in order: true if one PMD maps it. */
  takes({ vpn, pages, pfn, order }: PageRun): boolean {
    const nr = this.#pmdPages;
    const fits = pages === nr && order === Math.log2(nr) && pfn !== null;
    if (!fits || vpn % nr !== 0 || pfn % nr !== 0 || this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
