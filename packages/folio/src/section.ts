/** log2 of the pages in a section: 128 MiB of 4K pages, as on arm64. */
const SECTION_SHIFT = 15;

/** Pages in a section. No folio crosses a section boundary. */
export const SECTION_PAGES: number = 2 ** SECTION_SHIFT;

/**
 * The struct pages of one section of physical memory: one array element per page frame.
 *
 * Values that belong to a folio as a whole stand at its head page.
 */
export class MemSection {
  /** First page frame of the section. */
  readonly base: number;
  /** {@link PAGE_KIND} of the page. */
  readonly kind: Uint8Array = new Uint8Array(SECTION_PAGES);
  /** Order of the folio that the page belongs to, at every page of the folio. */
  readonly order: Uint8Array = new Uint8Array(SECTION_PAGES);
  /** PageAnonExclusive, 0 or 1. */
  readonly anonExclusive: Uint8Array = new Uint8Array(SECTION_PAGES);
  /** Number of what the page holds; see {@link PageContents}. */
  readonly content: Int32Array = new Int32Array(SECTION_PAGES);
  /** Memory node that the frame belongs to. It keeps it, whoever uses the frame. */
  readonly node: Uint8Array = new Uint8Array(SECTION_PAGES);
  /** Page-table entries that map this very page; PMD mappings do not count here. */
  readonly mapcount: Int32Array = new Int32Array(SECTION_PAGES);
  /** Head page: reference count of the folio. */
  readonly refcount: Int32Array = new Int32Array(SECTION_PAGES);
  /** Head page: all mappings of a large folio; a PMD mapping counts once. */
  readonly largeMapcount: Int32Array = new Int32Array(SECTION_PAGES);
  /** Head page: PMD mappings. */
  readonly entireMapcount: Int32Array = new Int32Array(SECTION_PAGES);
  /** Head page: sum of {@link FOLIO_FLAG}s. */
  readonly flags: Uint8Array = new Uint8Array(SECTION_PAGES);
  /** Head page: references that may come from DMA pins. */
  readonly pins: Int32Array = new Int32Array(SECTION_PAGES);

  /** Makes a section of free pages. */
  constructor(base: number) {
    this.base = base;
  }
}
