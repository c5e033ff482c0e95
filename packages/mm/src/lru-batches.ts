import { FOLIO_FLAG, type Memmap } from '@ptelab/folio';
import type { KernelFeatures } from '@ptelab/pte';
import { MlockBatch } from './mlock-batch.ts';

/** Folios that a batch holds before it is worked off (PAGEVEC_SIZE). */
const BATCH_SIZE = 31;

/** What differs between releases here. */
type LruFeatures = Pick<
  KernelFeatures,
  'faultReferences' | 'lazyfreeUnreferences' | 'lruBatchKeepsFlag'
>;

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
  readonly #features: LruFeatures;
  readonly #multiGen: boolean;
  /** New folios; their reference is left out, for who counts references drains this batch first. */
  readonly #added = new Set<number>();
  readonly #lazyfree = new Set<number>();
  readonly #mlock: MlockBatch;

  /**
   * @param multiGen - the multi-generational LRU decides what is reclaimed (CONFIG_LRU_GEN), and not two
   *   lists of active and inactive folios.
   */
  constructor(memmap: Memmap, features: LruFeatures, multiGen = true) {
    this.#memmap = memmap;
    this.#features = features;
    this.#multiGen = multiGen;
    this.#mlock = new MlockBatch(memmap);
  }

  /**
   * A new folio goes to the lists (`folio_add_lru`). What a fault brings in counts as used by the
   * multi-generational LRU.
   *
   * @param inFault - a fault adds it (`lru_gen_in_fault`), not write(2).
   */
  add(head: number, inFault: boolean): void {
    const used = this.#features.faultReferences ? FOLIO_FLAG.REFERENCED : FOLIO_FLAG.ACTIVE;
    if (inFault && this.#multiGen) this.#memmap.folioSet(head, used, true);
    this.#added.add(head);
    if (this.#added.size === BATCH_SIZE || this.#memmap.folioOrder(head) > 0) this.#drainAdded();
  }

  /**
   * New single pages, `nr` frames from `first` on, go to the lists one after the other. Their flags are
   * already those of pages that have got there.
   */
  addRun(first: number, nr: number): void {
    const filled = this.#added.size + nr >= BATCH_SIZE;
    const rest = filled ? (this.#added.size + nr) % BATCH_SIZE : nr;
    if (filled) this.#drainAdded();
    for (let head = first + nr - rest; head < first + nr; head++) this.add(head, true);
  }

  /** A large folio is added: the batch is worked off at once. */
  addLarge(): void {
    this.#drainAdded();
  }

  /**
   * Gives the pages of the batch of new folios the flags that they get on the lists.
   *
   * @returns gives them their flags back.
   */
  settleAdded(): () => void {
    const active = [...this.#added].filter(
      (head) => this.#multiGen && this.#memmap.folioTest(head, FOLIO_FLAG.ACTIVE),
    );
    for (const head of active) this.#memmap.folioSet(head, FOLIO_FLAG.ACTIVE, false);
    return () => {
      for (const head of active) this.#memmap.folioSet(head, FOLIO_FLAG.ACTIVE, true);
    };
  }

  /**
   * A folio that a locked VMA maps becomes unevictable (`mlock_folio`).
   *
   * @param added - a new one, which goes to no other list (`mlock_new_folio`).
   */
  mlock(head: number, added: boolean): void {
    this.#mlock.add(head, added ? 'lock-new' : 'lock');
  }

  /** A locked VMA gives a folio up (`munlock_folio`). */
  munlock(head: number): void {
    this.#mlock.add(head, 'unlock');
  }

  /**
   * Notes a use through a system call. Of folios that can't be evicted the multi-generational LRU notes
   * none. Without it the second use makes a folio active.
   *
   * @kernel mm/swap.c folio_mark_accessed, lru_gen_inc_refs
   */
  markAccessed(head: number): void {
    const memmap = this.#memmap;
    const unevictable = memmap.folioTest(head, FOLIO_FLAG.UNEVICTABLE);
    if (this.#multiGen) {
      if (!unevictable) memmap.folioSet(head, FOLIO_FLAG.REFERENCED, true);
    } else if (!memmap.folioTest(head, FOLIO_FLAG.REFERENCED)) {
      memmap.folioSet(head, FOLIO_FLAG.REFERENCED, true);
    } else if (!unevictable && !memmap.folioTest(head, FOLIO_FLAG.ACTIVE)) {
      memmap.folioSet(head, FOLIO_FLAG.ACTIVE, true);
      memmap.folioSet(head, FOLIO_FLAG.REFERENCED, false);
    }
  }

  /** The folio is the next to be reclaimed (`folio_deactivate`). */
  deactivate(head: number): void {
    this.#memmap.folioSet(head, FOLIO_FLAG.REFERENCED, false);
    if (this.#memmap.folioTest(head, FOLIO_FLAG.UNEVICTABLE)) return;
    this.#memmap.folioSet(head, FOLIO_FLAG.ACTIVE, false);
  }

  /** The folio may be dropped instead of swapped out (`folio_mark_lazyfree`). */
  markLazyfree(head: number): void {
    const swapbacked = this.#memmap.folioTest(head, FOLIO_FLAG.SWAPBACKED);
    if (this.#lazyfree.has(head) || !swapbacked) return;
    this.#memmap.folioRefAdd(head, 1);
    this.#lazyfree.add(head);
    const full = this.#lazyfree.size === BATCH_SIZE;
    if (full || this.#memmap.folioOrder(head) > 0) this.drainLazyfree();
  }

  /** False while the folio has no LRU flag (`folio_test_lru`). */
  isOnLru(head: number): boolean {
    const inLazyfree = !this.#features.lruBatchKeepsFlag && this.#lazyfree.has(head);
    return !this.#added.has(head) && !this.#mlock.holdsNew(head) && !inLazyfree;
  }

  /** True while the folio waits in the batch of MADV_FREE. */
  isLazyfree(head: number): boolean {
    return this.#lazyfree.has(head);
  }

  /** References on the folio that {@link LruBatches.drain} would drop. */
  references(head: number): number {
    return this.#lazyfree.has(head) ? 1 : 0;
  }

  /** Works all batches off (`lru_add_drain`). */
  drain(): void {
    this.#drainAdded();
    this.drainLazyfree();
    this.#mlock.drain();
  }

  /** @kernel include/linux/mm_inline.h lru_gen_add_folio, which takes the active flag away */
  #drainAdded(): void {
    if (this.#multiGen) {
      for (const head of this.#added) this.#memmap.folioSet(head, FOLIO_FLAG.ACTIVE, false);
    }
    this.#added.clear();
  }

  /**
   * Works the batch of MADV_FREE off.
   *
   * @kernel mm/swap.c lru_lazyfree
   */
  drainLazyfree(): void {
    for (const head of this.#lazyfree) {
      this.#memmap.folioSet(head, FOLIO_FLAG.SWAPBACKED, false);
      this.#memmap.folioSet(head, FOLIO_FLAG.ACTIVE, false);
      if (this.#features.lazyfreeUnreferences || !this.#multiGen) {
        this.#memmap.folioSet(head, FOLIO_FLAG.REFERENCED, false);
      }
      this.#memmap.folioPut(head, 1);
    }
    this.#lazyfree.clear();
  }
}
