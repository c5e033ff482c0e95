import type { FolioMappers } from './mm-ids.ts';

const BYTE_COLUMNS = ['kind', 'order', 'anonExclusive', 'node', 'flags'] as const;
const WORD_COLUMNS = [
  'content',
  'mapcount',
  'refcount',
  'largeMapcount',
  'entireMapcount',
  'pins',
] as const;

type Columns = Record<
  (typeof BYTE_COLUMNS)[number] | (typeof WORD_COLUMNS)[number],
  ArrayLike<number>
>;

/** {@link FrameStates} of a section that may serve others too: only to look at. */
export interface FrameStatesView extends Readonly<Columns> {
  readonly mappers: ReadonlyMap<number, FolioMappers>;
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameMappers(a: FolioMappers, b: FolioMappers | undefined): boolean {
  return b !== undefined && sameNumbers(a.ids, b.ids) && sameNumbers(a.counts, b.counts);
}

/**
 * What the struct pages of a section hold: one array element per page frame.
 *
 * Values that belong to a folio as a whole stand at its head page. Nothing here names a frame number,
 * so that one object can serve all sections that are in the same state.
 */
export class FrameStates {
  /** {@link PAGE_KIND} of the page. */
  readonly kind: Uint8Array;
  /** Order of the folio that the page belongs to, at every page of the folio. */
  readonly order: Uint8Array;
  /** PageAnonExclusive, 0 or 1. */
  readonly anonExclusive: Uint8Array;
  /** Memory node that the frame belongs to. It keeps it, whoever uses the frame. */
  readonly node: Uint8Array;
  /** Head page: sum of {@link FOLIO_FLAG}s. */
  readonly flags: Uint8Array;
  /** Number of what the page holds; see {@link PageContents}. */
  readonly content: Int32Array;
  /** Page-table entries that map this very page; PMD mappings do not count here. */
  readonly mapcount: Int32Array;
  /** Head page: reference count of the folio. */
  readonly refcount: Int32Array;
  /** Head page: all mappings of a large folio; a PMD mapping counts once. */
  readonly largeMapcount: Int32Array;
  /** Head page: PMD mappings. */
  readonly entireMapcount: Int32Array;
  /** Head page: references that may come from DMA pins. */
  readonly pins: Int32Array;
  /** Which address spaces map a large folio, by the index of its head page in the section. */
  readonly mappers: Map<number, FolioMappers>;

  /** Makes the states of `pages` free pages. */
  constructor(pages: number, mappers: Iterable<readonly [number, FolioMappers]> = []) {
    this.kind = new Uint8Array(pages);
    this.order = new Uint8Array(pages);
    this.anonExclusive = new Uint8Array(pages);
    this.node = new Uint8Array(pages);
    this.flags = new Uint8Array(pages);
    this.content = new Int32Array(pages);
    this.mapcount = new Int32Array(pages);
    this.refcount = new Int32Array(pages);
    this.largeMapcount = new Int32Array(pages);
    this.entireMapcount = new Int32Array(pages);
    this.pins = new Int32Array(pages);
    this.mappers = new Map(mappers);
  }

  /** Makes a copy of its own. */
  clone(): FrameStates {
    const copy = new FrameStates(this.kind.length, this.mappers);
    for (const name of BYTE_COLUMNS) copy[name].set(this[name]);
    for (const name of WORD_COLUMNS) copy[name].set(this[name]);
    return copy;
  }

  /** True if every page is in the same state in both. */
  equals(other: FrameStates): boolean {
    if (this === other) return true;
    for (const name of BYTE_COLUMNS) if (!sameNumbers(this[name], other[name])) return false;
    for (const name of WORD_COLUMNS) if (!sameNumbers(this[name], other[name])) return false;
    if (this.mappers.size !== other.mappers.size) return false;
    for (const [at, mappers] of this.mappers) {
      if (!sameMappers(mappers, other.mappers.get(at))) return false;
    }
    return true;
  }
}
