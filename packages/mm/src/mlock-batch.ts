import { FOLIO_FLAG, type Memmap } from '@ptelab/folio';

/** Folios that the batch holds before it is worked off (PAGEVEC_SIZE). */
const BATCH_SIZE = 31;

/** What is to be done to a folio: to lock it, to lock one that is on no list yet, to let it go. */
type MlockKind = 'lock' | 'lock-new' | 'unlock';

/** A folio that waits. */
interface MlockEntry {
  readonly head: number;
  readonly kind: MlockKind;
}

/**
 * Folios on their way to the list of those that can't be evicted and back, of one CPU.
 *
 * @kernel mm/mlock.c mlock_folio, mlock_new_folio, munlock_folio, mlock_folio_batch
 */
export class MlockBatch {
  readonly #memmap: Memmap;
  #waiting: MlockEntry[] = [];

  constructor(memmap: Memmap) {
    this.#memmap = memmap;
  }

  /**
   * Adds a folio. The batch is worked off when it is full, and at once for a large folio.
   *
   * What is new has no LRU flag, and who counts references drains the batch first; so its own is left out.
   */
  add(head: number, kind: MlockKind): void {
    const memmap = this.#memmap;
    if (kind !== 'unlock') memmap.folioSet(head, FOLIO_FLAG.MLOCKED, true);
    if (kind !== 'lock-new') memmap.folioRefAdd(head, 1);
    this.#waiting.push({ head, kind });
    if (this.#waiting.length === BATCH_SIZE || memmap.folioOrder(head) > 0) this.drain();
  }

  /** True while the folio is on no list for it waits here. */
  holdsNew(head: number): boolean {
    return this.#waiting.some((entry) => entry.head === head && entry.kind === 'lock-new');
  }

  /** Works the batch off. */
  drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const entry of waiting) this.#settle(entry);
  }

  /** @kernel mm/mlock.c __mlock_folio, __mlock_new_folio, __munlock_folio */
  #settle({ head, kind }: MlockEntry): void {
    const memmap = this.#memmap;
    if (kind === 'unlock') {
      memmap.folioSet(head, FOLIO_FLAG.MLOCKED, false);
      memmap.folioSet(head, FOLIO_FLAG.UNEVICTABLE, false);
    } else if (memmap.folioTest(head, FOLIO_FLAG.MLOCKED)) {
      memmap.folioSet(head, FOLIO_FLAG.ACTIVE, false);
      memmap.folioSet(head, FOLIO_FLAG.UNEVICTABLE, true);
    }
    if (kind !== 'lock-new') memmap.folioPut(head, 1);
  }
}
