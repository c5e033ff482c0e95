/** Slots that are kept free of single pages, so that large folios find aligned room above them. */
const FIRST_LARGE_SLOT = 0x200;
/** Slot 0 holds the header of the swap device. */
const FIRST_SLOT = 1;

interface Slot {
  content: number;
  /** Entries that refer to the slot. */
  count: number;
}

/** One swap device: what its slots hold, and how many entries refer to each. */
export class SwapArea {
  readonly #slots = new Map<number, Slot>();
  #nextSingle = FIRST_SLOT;
  #nextLarge = FIRST_LARGE_SLOT;

  /** Takes consecutive slots for a folio; those of a large folio are aligned to its size. */
  alloc(nr: number): number {
    if (nr === 1 && this.#nextSingle < FIRST_LARGE_SLOT) return this.#nextSingle++;
    const first = Math.ceil(this.#nextLarge / nr) * nr;
    this.#nextLarge = first + nr;
    return first;
  }

  /** Stores a page; the slot then has one entry that refers to it. */
  write(slot: number, content: number): void {
    this.#slots.set(slot, { content, count: 1 });
  }

  /** What a slot holds. */
  read(slot: number): number {
    return this.#slots.get(slot)?.content ?? 0;
  }

  /** Entries that refer to a slot. */
  count(slot: number): number {
    return this.#slots.get(slot)?.count ?? 0;
  }

  /** One more entry refers to the slot (`swap_duplicate`). */
  duplicate(slot: number): void {
    const entry = this.#slots.get(slot);
    if (entry !== undefined) entry.count++;
  }

  /** One entry fewer refers to the slot; the last one frees it (`swap_free`). */
  free(slot: number): void {
    const entry = this.#slots.get(slot);
    if (entry === undefined) return;
    entry.count--;
    if (entry.count === 0) this.#slots.delete(slot);
  }
}
