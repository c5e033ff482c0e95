import { KPF } from '@ptelab/mm';
import type { PageRun } from '../snapshot/records.ts';

const THP = 2 ** KPF.THP;
const ANON = 2 ** KPF.ANON;

/** Consecutive pages of one folio that consecutive entries map, in one VMA. */
export interface FolioPiece {
  readonly vpn: number;
  readonly pages: number;
  readonly pfn: number;
  /** log2 of the pages of the folio; null if it is not known. */
  readonly order: number | null;
  readonly anon: boolean;
}

/** True for pages of a transparent huge page of any size; hugetlb has none. */
function isThp(run: PageRun): run is PageRun & { pfn: number; pageFlags: number } {
  return run.pfn !== null && run.pageFlags !== null && (run.pageFlags & THP) !== 0;
}

/** Pages from frame `pfn` to the end of its folio. */
export function toFolioEnd(pfn: number, order: number): number {
  const size = 2 ** order;
  return size - (pfn % size);
}

/**
 * Puts the pages of large folios together again, whatever their flags: what runs divide because entries or counts
 * differ is one piece here.
 */
export class FolioPieces {
  readonly #take: (piece: FolioPiece) => void;
  #piece: { -readonly [K in keyof FolioPiece]: FolioPiece[K] } | null = null;

  /** @param take - gets each piece when it is complete. */
  constructor(take: (piece: FolioPiece) => void) {
    this.#take = take;
  }

  #joins(piece: FolioPiece, vpn: number, pfn: number, order: number | null): boolean {
    if (piece.vpn + piece.pages !== vpn || piece.pfn + piece.pages !== pfn) return false;
    if (piece.order === null || order === null) return piece.order === order;
    return piece.order === order && pfn % 2 ** order !== 0;
  }

  /** Adds the next run of the VMA. Runs without large folios are passed over. */
  add(run: PageRun): void {
    if (!isThp(run)) return;
    const { order } = run;
    const anon = (run.pageFlags & ANON) !== 0;
    for (let done = 0; done < run.pages;) {
      const [vpn, pfn] = [run.vpn + done, run.pfn + done];
      const left = run.pages - done;
      const pages = order === null ? left : Math.min(left, toFolioEnd(pfn, order));
      if (this.#piece !== null && this.#joins(this.#piece, vpn, pfn, order)) {
        this.#piece.pages += pages;
      } else {
        this.end();
        this.#piece = { vpn, pages, pfn, order, anon };
      }
      done += pages;
    }
  }

  /** The VMA is over. */
  end(): void {
    if (this.#piece !== null) this.#take(this.#piece);
    this.#piece = null;
  }
}

/** Whole blocks of `2 ** order` pages, aligned in virtual and in physical memory, in a piece. */
export function blockPages(
  { vpn, pages, pfn }: Pick<FolioPiece, 'vpn' | 'pages' | 'pfn'>,
  order: number,
): number {
  const size = 2 ** order;
  if (vpn % size !== pfn % size) return 0;
  const first = Math.ceil(vpn / size);
  const last = Math.floor((vpn + pages) / size);
  return Math.max(0, last - first) * size;
}

/** True if a piece is a folio from its first to its last page. */
export function isWhole({ pfn, pages, order }: FolioPiece): boolean {
  return order !== null && pages === 2 ** order && toFolioEnd(pfn, order) === pages;
}
