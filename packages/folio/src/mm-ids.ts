import type { MemSection, MemSectionView } from './section.ts';

/** The address spaces that are remembered to map a folio, and how many mappings each has. */
export interface FolioMappers {
  readonly ids: readonly [number, number];
  readonly counts: readonly [number, number];
}

/** Where the {@link FolioMappers} of a frame are kept. */
export interface Sections {
  /** The section of a frame, to be read. */
  section(pfn: number): MemSectionView;
  /** The section of a frame, to be written: its own from then on. */
  ownSection(pfn: number): MemSection;
}

const NO_MM = -1;
const NOBODY: FolioMappers = { ids: [NO_MM, NO_MM], counts: [0, 0] };

function replaced(pair: readonly [number, number], slot: 0 | 1, value: number): [number, number] {
  return slot === 0 ? [value, pair[1]] : [pair[0], value];
}

/**
 * Which address spaces map a large folio. The kernel remembers two; a third mapper leaves the folio
 * "maybe shared" until one of the two remembered ones holds all mappings.
 *
 * @kernel include/linux/rmap.h folio_add_return_large_mapcount, folio_sub_return_large_mapcount (6.15 on)
 */
export class MmIdSlots {
  readonly #sections: Sections;

  constructor(sections: Sections) {
    this.#sections = sections;
  }

  /** Notes that address space `mm` has `nr` more mappings of folio `head`. */
  add(head: number, mm: number, nr: number): void {
    const { ids, counts } = this.#get(head) ?? NOBODY;
    const known = ids.indexOf(mm);
    const at = known >= 0 ? known : ids.indexOf(NO_MM);
    if (at < 0) {
      this.#set(head, { ids, counts });
      return;
    }
    const slot = at === 0 ? 0 : 1;
    this.#set(head, {
      ids: replaced(ids, slot, mm),
      counts: replaced(counts, slot, counts[slot] + nr),
    });
  }

  /** Notes that address space `mm` has `nr` fewer mappings of folio `head`. */
  remove(head: number, mm: number, nr: number): void {
    const mappers = this.#get(head);
    const at = mappers?.ids.indexOf(mm) ?? -1;
    if (mappers === undefined || at < 0) return;
    const slot = at === 0 ? 0 : 1;
    // Mappings that were added while no slot was free go away uncounted: never below zero.
    const count = Math.max(0, mappers.counts[slot] - nr);
    this.#set(head, {
      ids: count === 0 ? replaced(mappers.ids, slot, NO_MM) : mappers.ids,
      counts: replaced(mappers.counts, slot, count),
    });
  }

  /** True unless one remembered address space holds all `mapcount` mappings of folio `head`. */
  maybeShared(head: number, mapcount: number): boolean {
    const mappers = this.#get(head);
    return (
      mappers !== undefined && mappers.counts[0] !== mapcount && mappers.counts[1] !== mapcount
    );
  }

  /** Forgets folio `head`. */
  forget(head: number): void {
    if (this.#get(head) === undefined) return;
    const section = this.#sections.ownSection(head);
    section.frames.mappers.delete(head - section.base);
  }

  #get(head: number): FolioMappers | undefined {
    const section = this.#sections.section(head);
    return section.frames.mappers.get(head - section.base);
  }

  #set(head: number, mappers: FolioMappers): void {
    const section = this.#sections.ownSection(head);
    section.frames.mappers.set(head - section.base, mappers);
  }
}
