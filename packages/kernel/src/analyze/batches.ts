import { PAGEMAP_FLAG, type PageRun, type SnapshotVma } from '../snapshot/records.ts';
import { blockPages, toFolioEnd } from './folio-pieces.ts';

/** Why a batch has no more pages. */
export const BATCH_ENDS = [
  'single',
  'folio',
  'table',
  'vma',
  'hole',
  'sharing',
  'entry-bits',
] as const;

/**
 * One of {@link BATCH_ENDS}:
 *
 * - `single`: no large folio, so there is nothing to batch
 * - `folio`: the folio ends
 * - `table`: the page table ends, and the folio goes on
 * - `vma`: the VMA ends, and the folio goes on
 * - `hole`: the folio's next page is not mapped here
 * - `sharing`: the next page is exclusive to this process, or is no more; write permission differs with it
 * - `entry-bits`: soft-dirty or userfaultfd protection of the next page differ
 */
export type BatchEnd = (typeof BATCH_ENDS)[number];

/** What one mprotect of a VMA can change together, as far as /proc shows it. */
export interface BatchFigures {
  /** Present entries. */
  pages: number;
  batches: number;
  /** Pages in batches of two and more. */
  batched: number;
  /** Sum of the squares of all lengths: divided by `pages` it is the batch that a page finds itself in. */
  squares: number;
  /** Pages in whole contiguous blocks of arm64 with entries alike. */
  contpte: number;
  /** Pages that PMDs map: they change as one, not as entries. */
  pmdMapped: number;
  /** Batches by what ended them. */
  readonly ends: Record<BatchEnd, number>;
}

/** Starts with nothing. */
export function noBatches(): BatchFigures {
  const ends = { single: 0, folio: 0, table: 0, vma: 0, hole: 0, sharing: 0, 'entry-bits': 0 };
  return { pages: 0, batches: 0, batched: 0, squares: 0, contpte: 0, pmdMapped: 0, ends };
}

/** Adds `more` to `sum`. */
export function addBatches(sum: BatchFigures, more: Readonly<BatchFigures>): void {
  sum.pages += more.pages;
  sum.batches += more.batches;
  sum.batched += more.batched;
  sum.squares += more.squares;
  sum.contpte += more.contpte;
  sum.pmdMapped += more.pmdMapped;
  for (const end of BATCH_ENDS) sum.ends[end] += more.ends[end];
}

/** What of the machine decides about batches. */
export interface BatchGeometry {
  /** Entries of a page table. */
  readonly tablePages: number;
  /** log2 of the entries of a contiguous block of arm64. */
  readonly contpteOrder: number;
}

const COMPARED = PAGEMAP_FLAG.SOFT_DIRTY | PAGEMAP_FLAG.UFFD_WP | PAGEMAP_FLAG.EXCLUSIVE;

interface Batch {
  readonly vpn: number;
  readonly pfn: number;
  readonly order: number;
  readonly flags: number;
  pages: number;
}

/**
 * Finds the batches of a VMA: mm/mprotect.c mprotect_folio_pte_batch (6.17 on). On arm64 one more thing ends them
 * that /proc does not show: the next entry is contiguous and this one is not, or the reverse.
 */
export class BatchCounter {
  readonly figures: BatchFigures = noBatches();
  readonly #vma: SnapshotVma;
  readonly #geometry: BatchGeometry;
  #batch: Batch | null = null;

  constructor(vma: SnapshotVma, geometry: BatchGeometry) {
    this.#vma = vma;
    this.#geometry = geometry;
  }

  /** Adds the next run of the VMA; a `huge` one is mapped by a PMD. */
  add(run: PageRun, huge: boolean): void {
    const { pfn, order, pages } = run;
    if (pfn === null) return; // swapped out, or hidden
    if (huge) {
      this.#close(null);
      this.figures.pmdMapped += pages;
      return;
    }
    if (order === null || order === 0) {
      this.#close(null);
      this.#record(pages, 1, 'single');
      return;
    }
    const flags = run.pagemapFlags & COMPARED;
    for (let done = 0; done < pages;) {
      const piece = this.#piece(run.vpn + done, pfn + done, order, flags, pages - done);
      this.#continueOrStart(piece);
      done += piece.pages;
    }
  }

  #piece(vpn: number, pfn: number, order: number, flags: number, left: number): Batch {
    const { tablePages } = this.#geometry;
    const toTableEnd = tablePages - (vpn % tablePages);
    return { vpn, pfn, order, flags, pages: Math.min(left, toFolioEnd(pfn, order), toTableEnd) };
  }

  #continueOrStart(piece: Batch): void {
    const batch = this.#batch;
    const end = batch === null ? null : this.#endBefore(batch, piece);
    if (batch !== null && end === null) batch.pages += piece.pages;
    else {
      this.#close(piece);
      this.#batch = piece;
    }
  }

  /** Why `batch` ends where `next` begins; null if it goes on. */
  #endBefore(batch: Batch, next: Batch | null): BatchEnd | null {
    const vpn = batch.vpn + batch.pages;
    const pfn = batch.pfn + batch.pages;
    if (pfn % 2 ** batch.order === 0) return 'folio';
    if (vpn === this.#vma.end) return 'vma';
    if (next?.vpn !== vpn || next.pfn !== pfn) return 'hole';
    if (vpn % this.#geometry.tablePages === 0) return 'table';
    const differing = batch.flags ^ next.flags;
    if (differing === 0) return null;
    return (differing & PAGEMAP_FLAG.EXCLUSIVE) === 0 ? 'entry-bits' : 'sharing';
  }

  #close(next: Batch | null): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    this.#record(1, batch.pages, this.#endBefore(batch, next) ?? 'hole');
    this.figures.contpte += blockPages(batch, this.#geometry.contpteOrder);
  }

  /** Counts `nr` batches of the same length. */
  #record(nr: number, length: number, end: BatchEnd): void {
    const { figures } = this;
    figures.pages += nr * length;
    figures.batches += nr;
    figures.squares += nr * length * length;
    if (length > 1) figures.batched += nr * length;
    figures.ends[end] += nr;
  }

  /** The VMA is over. */
  end(): BatchFigures {
    this.#close(null);
    return this.figures;
  }
}
