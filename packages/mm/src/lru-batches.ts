import type { Memmap } from '@ptelab/folio';

/** Folios that a batch holds before it is worked off (PAGEVEC_SIZE). */
const BATCH_SIZE = 31;

/**
 * Folios on their way between the lists of reclaim, of one CPU.
 *
 * Reclaim itself is not modelled. But a batch keeps a reference on its folios, and who counts
 * references sees it: a single page in the MADV_FREE batch looks shared, and a write copies it, until
 * something drains the batch. Up to 6.16 a write fault drained it, because folios lost their LRU flag
 * while they were in a batch.
 *
 * @kernel mm/swap.c folio_batch_add_and_move, lru_add, lru_lazyfree, lru_add_drain
 */
export class LruBatches {
  readonly #memmap: Memmap;
  readonly #keepsFlag: boolean;
  /** New folios; their reference is left out, for who counts references drains this batch first. */
  readonly #added = new Set<number>();
  readonly #lazyfree = new Set<number>();
  /** Folios that the MADV_FREE batch is done with: no longer backed by swap. */
  readonly #discardable = new Set<number>();

  constructor(memmap: Memmap, keepsFlag: boolean) {
    this.#memmap = memmap;
    this.#keepsFlag = keepsFlag;
  }

  /** A new folio goes to the lists (`folio_add_lru`). */
  add(head: number): void {
    this.#added.add(head);
    if (this.#added.size === BATCH_SIZE || this.#memmap.folioOrder(head) > 0) this.#added.clear();
  }

  /** The folio may be dropped instead of swapped out (`folio_mark_lazyfree`). */
  markLazyfree(head: number): void {
    if (this.#lazyfree.has(head) || this.#discardable.has(head)) return;
    this.#memmap.folioRefAdd(head, 1);
    this.#lazyfree.add(head);
    const full = this.#lazyfree.size === BATCH_SIZE;
    if (full || this.#memmap.folioOrder(head) > 0) this.#drainLazyfree();
  }

  /** False while the folio has no LRU flag (`folio_test_lru`). */
  isOnLru(head: number): boolean {
    return !this.#added.has(head) && (this.#keepsFlag || !this.#lazyfree.has(head));
  }

  /** References on the folio that {@link LruBatches.drain} would drop. */
  references(head: number): number {
    return this.#lazyfree.has(head) ? 1 : 0;
  }

  /** Works all batches off (`lru_add_drain`). */
  drain(): void {
    this.#added.clear();
    this.#drainLazyfree();
  }

  #drainLazyfree(): void {
    for (const head of this.#lazyfree) {
      this.#discardable.add(head);
      this.#memmap.folioPut(head, 1);
    }
    this.#lazyfree.clear();
  }
}
