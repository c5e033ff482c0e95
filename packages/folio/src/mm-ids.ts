interface Slots {
  ids: [number, number];
  counts: [number, number];
}

const NO_MM = -1;

/**
 * Which address spaces map a large folio. The kernel remembers two; a third mapper leaves the folio
 * "maybe shared" until one of the two remembered ones holds all mappings.
 *
 * @kernel include/linux/rmap.h folio_add_return_large_mapcount, folio_sub_return_large_mapcount (6.15 on)
 */
export class MmIdSlots {
  readonly #slots = new Map<number, Slots>();

  /** Notes that address space `mm` has `nr` more mappings of folio `head`. */
  add(head: number, mm: number, nr: number): void {
    let slots = this.#slots.get(head);
    if (slots === undefined) {
      slots = { ids: [NO_MM, NO_MM], counts: [0, 0] };
      this.#slots.set(head, slots);
    }
    const known = slots.ids.indexOf(mm);
    const at = known >= 0 ? known : slots.ids.indexOf(NO_MM);
    if (at < 0) return;
    const slot = at === 0 ? 0 : 1;
    slots.ids[slot] = mm;
    slots.counts[slot] += nr;
  }

  /** Notes that address space `mm` has `nr` fewer mappings of folio `head`. */
  remove(head: number, mm: number, nr: number): void {
    const slots = this.#slots.get(head);
    const at = slots?.ids.indexOf(mm) ?? -1;
    if (slots === undefined || at < 0) return;
    const slot = at === 0 ? 0 : 1;
    // Mappings that were added while no slot was free go away uncounted: never below zero.
    slots.counts[slot] = Math.max(0, slots.counts[slot] - nr);
    if (slots.counts[slot] === 0) slots.ids[slot] = NO_MM;
  }

  /** True unless one remembered address space holds all `mapcount` mappings of folio `head`. */
  maybeShared(head: number, mapcount: number): boolean {
    const slots = this.#slots.get(head);
    return slots !== undefined && slots.counts[0] !== mapcount && slots.counts[1] !== mapcount;
  }

  /** Forgets folio `head`. */
  forget(head: number): void {
    this.#slots.delete(head);
  }

  /** Forgets all folios. */
  clear(): void {
    this.#slots.clear();
  }
}
