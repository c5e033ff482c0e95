/** Stands for no folio in {@link TableFrame.folio}. */
export const NO_FOLIO = -1;

/** {@link TableFrame.exclusive} where the flag means nothing. */
const EXCLUSIVE_UNKNOWN = -1;

/**
 * Page tables at one moment: a column per fact, an element per page of the window. Made to be sent from the
 * worker and drawn without an object per page.
 */
export interface TableFrame {
  /** First page, relative to the story's window. */
  readonly at: number;
  readonly pages: number;
  /** {@link ENTRY_KIND} of each page. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** The two words of each raw entry, those of the huge mapping for its pages; see `PteTable`. */
  readonly pfn: Int32Array<ArrayBuffer>;
  readonly bits: Int32Array<ArrayBuffer>;
  /** Page frame that is mapped, 0 where there is none. */
  readonly frame: Float64Array<ArrayBuffer>;
  /** Number of the folio, counted in order of appearance in the story, or {@link NO_FOLIO}. */
  readonly folio: Int32Array<ArrayBuffer>;
  /** Order of the folio; 0 where there is none. */
  readonly order: Uint8Array<ArrayBuffer>;
  /** PageAnonExclusive: 1, 0, or {@link EXCLUSIVE_UNKNOWN}. */
  readonly exclusive: Int8Array<ArrayBuffer>;
  /** Mappings of the page by single entries. */
  readonly mapcount: Int32Array<ArrayBuffer>;
}

/** Makes a frame without page tables. */
export function makeFrame(at: number, pages: number): TableFrame {
  return {
    at,
    pages,
    kind: new Uint8Array(pages),
    pfn: new Int32Array(pages),
    bits: new Int32Array(pages),
    frame: new Float64Array(pages),
    folio: new Int32Array(pages).fill(NO_FOLIO),
    order: new Uint8Array(pages),
    exclusive: new Int8Array(pages).fill(EXCLUSIVE_UNKNOWN),
    mapcount: new Int32Array(pages),
  };
}

/** A copy that shares nothing. */
export function copyFrame(frame: TableFrame): TableFrame {
  return {
    at: frame.at,
    pages: frame.pages,
    kind: frame.kind.slice(),
    pfn: frame.pfn.slice(),
    bits: frame.bits.slice(),
    frame: frame.frame.slice(),
    folio: frame.folio.slice(),
    order: frame.order.slice(),
    exclusive: frame.exclusive.slice(),
    mapcount: frame.mapcount.slice(),
  };
}

/** Buffers of a frame, to hand over rather than copy. */
export function frameBuffers(frame: TableFrame): ArrayBuffer[] {
  const { kind, pfn, bits, folio, order, exclusive, mapcount } = frame;
  return [kind, pfn, bits, frame.frame, folio, order, exclusive, mapcount].map(
    ({ buffer }) => buffer,
  );
}
