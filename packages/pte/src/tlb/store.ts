import type { TlbEntry, TlbLevel } from './entry.ts';

/** A range to invalidate; without a level all translations go. */
interface Invalidation {
  readonly start: number;
  readonly end: number;
  readonly level: TlbLevel | undefined;
}

/**
 * The entries of a TLB by size. Of one size there is at most one for an address: a second is only
 * loaded where none covers the page.
 */
export class TlbStore {
  readonly #contPtes: number;
  readonly #pmdPages: number;
  readonly #pages = new Map<number, TlbEntry>();
  readonly #blocks = new Map<number, TlbEntry>();
  readonly #huge = new Map<number, TlbEntry>();
  #pending: Invalidation[] = [];

  constructor(contPtes: number, pmdPages: number) {
    this.#contPtes = contPtes;
    this.#pmdPages = pmdPages;
  }

  /** All entries, in no particular order. */
  *all(): Generator<TlbEntry> {
    yield* this.#pages.values();
    yield* this.#blocks.values();
    yield* this.#huge.values();
  }

  #map(entry: TlbEntry): Map<number, TlbEntry> {
    if (entry.level === 'pmd') return this.#huge;
    return entry.pages === 1 ? this.#pages : this.#blocks;
  }

  add(entry: TlbEntry): void {
    this.#map(entry).set(entry.vpn, entry);
  }

  remove(entry: TlbEntry): void {
    this.#map(entry).delete(entry.vpn);
  }

  /** The entry that translates page `vpn`: the oldest, if there are several. */
  lookup(vpn: number): TlbEntry | undefined {
    const page = this.#pages.get(vpn);
    const block = this.#blocks.get(vpn - (vpn % this.#contPtes));
    const huge = this.#huge.get(vpn - (vpn % this.#pmdPages));
    return older(older(page, block), huge);
  }

  /** The entries that overlap [start, end), by address. */
  overlapping(start: number, end: number): TlbEntry[] {
    const found: TlbEntry[] = [];
    collect(this.#pages, 1, start, end, found);
    collect(this.#blocks, this.#contPtes, start, end, found);
    collect(this.#huge, this.#pmdPages, start, end, found);
    return found.sort((a, b) => a.vpn - b.vpn || a.pages - b.pages);
  }

  /** Asks for the removal of entries; they stay until {@link TlbStore.sync}. */
  invalidate(start: number, end: number, level: TlbLevel | undefined): void {
    this.#pending.push({ start, end, level });
  }

  /** Waits for the invalidations: what they name is gone. */
  sync(): void {
    for (const { start, end, level } of this.#pending) {
      for (const entry of this.overlapping(start, end)) {
        if (level === undefined || entry.level === level) this.remove(entry);
      }
    }
    this.#pending = [];
  }
}

function older(a: TlbEntry | undefined, b: TlbEntry | undefined): TlbEntry | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.loadedAt < b.loadedAt ? a : b;
}

/** Adds the entries of one size that overlap [start, end): by address or by entry, as is shorter. */
function collect(
  map: ReadonlyMap<number, TlbEntry>,
  size: number,
  start: number,
  end: number,
  found: TlbEntry[],
): void {
  if (map.size === 0) return;
  if ((end - start) / size > map.size) {
    for (const entry of map.values()) {
      if (entry.vpn < end && entry.vpn + size > start) found.push(entry);
    }
    return;
  }
  for (let vpn = start - (start % size); vpn < end; vpn += size) {
    const entry = map.get(vpn);
    if (entry !== undefined) found.push(entry);
  }
}
