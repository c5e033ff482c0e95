import type { FolioGeometry } from '@ptelab/pte';
import { PageContents } from './contents.ts';
import { FOLIO_FLAG, type FolioFlag } from './folio-flags.ts';
import { MmIdSlots } from './mm-ids.ts';
import { PAGE_KIND, type PageKind } from './page-kind.ts';
import { FrameStates } from './frame-states.ts';
import { MemSection, type MemSectionView } from './section.ts';
import { SparseArray } from './sparse-array.ts';

/**
 * References that one pin of a single page takes.
 *
 * @kernel include/linux/mm.h GUP_PIN_COUNTING_BIAS
 */
const GUP_PIN_COUNTING_BIAS = 1024;

/** Pages in a section unless it is said otherwise: a leaf table's worth of 4K pages. */
const SECTION_PAGES = 512;

/**
 * Physical memory: what struct page and struct folio know of every page frame.
 *
 * A folio is named by the frame number of its head page. Folios are naturally aligned, so the head
 * follows from any page and the order. Memory exists wherever it is first used.
 */
export class Memmap implements FolioGeometry {
  /** Pages in a section. No folio crosses a section boundary. */
  readonly sectionPages: number;
  /** Which address spaces map a large folio, as far as the kernel keeps track. */
  readonly mmIds: MmIdSlots = new MmIdSlots(this);
  /** What the content numbers of pages stand for. */
  readonly contents: PageContents = new PageContents();
  /** Told of frames that become free: `nr` from `head` on. */
  onFree: ((head: number, nr: number) => void) | null = null;
  private readonly sections = new SparseArray<MemSection>();
  private last: MemSection;

  /** @param sectionPages - at least the pages of the largest folio; a power of two. */
  constructor(sectionPages: number = SECTION_PAGES) {
    this.sectionPages = sectionPages;
    this.last = this.nowhere();
  }

  /** A section that holds no frame, for nothing was looked at yet. */
  private nowhere(): MemSection {
    return new MemSection(-this.sectionPages, new FrameStates(0));
  }

  private find(pfn: number): MemSection {
    const at = pfn - this.last.base;
    if (at >= 0 && at < this.sectionPages) return this.last;
    const number = Math.floor(pfn / this.sectionPages);
    let section = this.sections.get(number);
    if (section === undefined) {
      section = new MemSection(number * this.sectionPages, new FrameStates(this.sectionPages));
      this.sections.set(number, section);
    }
    this.last = section;
    return section;
  }

  /** The section that holds page frame `pfn`, to look at. */
  section(pfn: number): MemSectionView {
    return this.find(pfn);
  }

  /** The section that holds page frame `pfn`, to change. */
  ownSection(pfn: number): MemSection {
    const section = this.find(pfn);
    if (section.shared) {
      section.frames = section.frames.clone();
      section.shared = false;
    }
    return section;
  }

  /** The states of the frames of a section, to be shared by {@link Memmap.shareSection}. */
  frameStates(pfn: number): FrameStates {
    return this.find(pfn).frames;
  }

  /** True if frames of the section of page frame `pfn` were ever looked at or used. */
  hasSection(pfn: number): boolean {
    return this.sections.get(Math.floor(pfn / this.sectionPages)) !== undefined;
  }

  /**
   * Makes the section of page frame `pfn` one of those that share `frames`: they hold what its own
   * states hold, or what they are to be from now on.
   */
  shareSection(pfn: number, frames: FrameStates): void {
    const number = Math.floor(pfn / this.sectionPages);
    let section = this.sections.get(number);
    if (section === undefined) {
      section = new MemSection(number * this.sectionPages, frames);
      this.sections.set(number, section);
    }
    section.frames = frames;
    section.shared = true;
  }

  /** What page frame `pfn` holds. */
  pageKind(pfn: number): PageKind {
    const section = this.section(pfn);
    return (section.frames.kind[pfn - section.base] ?? PAGE_KIND.FREE) as PageKind;
  }

  folioOrder(pfn: number): number {
    const section = this.section(pfn);
    return section.frames.order[pfn - section.base] ?? 0;
  }

  /** Pages of the folio that owns `pfn`. */
  folioNrPages(pfn: number): number {
    return 1 << this.folioOrder(pfn);
  }

  /** Head page of the folio that owns `pfn`. */
  folioHead(pfn: number): number {
    return pfn - (pfn % this.folioNrPages(pfn));
  }

  /** True for anonymous memory; KSM pages count as anonymous, as in the kernel. */
  isAnon(pfn: number): boolean {
    const kind = this.pageKind(pfn);
    return kind === PAGE_KIND.ANON || kind === PAGE_KIND.KSM;
  }

  /** PageAnonExclusive of this very page. */
  anonExclusive(pfn: number): boolean {
    const section = this.section(pfn);
    return section.frames.anonExclusive[pfn - section.base] === 1;
  }

  /** Sets PageAnonExclusive of `nr` pages from `pfn` on. */
  setAnonExclusive(pfn: number, nr: number, exclusive: boolean): void {
    const section = this.ownSection(pfn);
    const at = pfn - section.base;
    section.frames.anonExclusive.fill(exclusive ? 1 : 0, at, at + nr);
  }

  /** Number of what page frame `pfn` holds; 0 if it is full of zeroes. */
  content(pfn: number): number {
    const section = this.section(pfn);
    return section.frames.content[pfn - section.base] ?? 0;
  }

  /** Says what page frame `pfn` holds from now on. */
  setContent(pfn: number, content: number): void {
    const section = this.ownSection(pfn);
    section.frames.content[pfn - section.base] = content;
  }

  /** Memory node that page frame `pfn` belongs to; 0 unless it was said otherwise. */
  node(pfn: number): number {
    const section = this.section(pfn);
    return section.frames.node[pfn - section.base] ?? 0;
  }

  /** Says which memory node `nr` page frames from `pfn` on belong to, 0 to 255. */
  setNode(pfn: number, nr: number, node: number): void {
    const section = this.ownSection(pfn);
    const at = pfn - section.base;
    section.frames.node.fill(node, at, at + nr);
  }

  /** Page-table entries that map this very page. */
  mapcount(pfn: number): number {
    const section = this.section(pfn);
    return section.frames.mapcount[pfn - section.base] ?? 0;
  }

  /**
   * Mappings of this very page, those of its whole folio by one PMD included.
   *
   * @kernel fs/proc/internal.h folio_precise_page_mapcount
   */
  precisePageMapcount(pfn: number): number {
    const head = this.folioHead(pfn);
    const section = this.section(head);
    return this.mapcount(pfn) + (section.frames.entireMapcount[head - section.base] ?? 0);
  }

  /** Mappings of the folio that owns `pfn`, in all address spaces. */
  folioMapcount(pfn: number): number {
    const head = this.folioHead(pfn);
    const section = this.section(head);
    const counts =
      this.folioOrder(head) > 0 ? section.frames.largeMapcount : section.frames.mapcount;
    return counts[head - section.base] ?? 0;
  }

  /** Reference count of the folio that owns `pfn`. */
  folioRefcount(pfn: number): number {
    const head = this.folioHead(pfn);
    const section = this.section(head);
    return section.frames.refcount[head - section.base] ?? 0;
  }

  /** Adds `nr` references to the folio that owns `pfn`. */
  folioRefAdd(pfn: number, nr: number): void {
    const head = this.folioHead(pfn);
    const section = this.ownSection(head);
    const at = head - section.base;
    section.frames.refcount[at] = (section.frames.refcount[at] ?? 0) + nr;
  }

  /** True if DMA may hold references to the folio that owns `pfn`. */
  folioMaybePinned(pfn: number): boolean {
    const head = this.folioHead(pfn);
    const section = this.section(head);
    return (section.frames.pins[head - section.base] ?? 0) > 0;
  }

  /**
   * Pins the page for DMA (FOLL_PIN). A large folio counts its pins; a single page has no room for that
   * and takes `GUP_PIN_COUNTING_BIAS` references instead.
   */
  folioPin(pfn: number): void {
    this.folioRefAdd(pfn, this.pinReferences(pfn));
    this.addPins(pfn, 1);
  }

  /** Gives a pin back; the last reference frees the frames. */
  folioUnpin(pfn: number): void {
    this.addPins(pfn, -1);
    this.folioPut(pfn, this.pinReferences(pfn));
  }

  private addPins(pfn: number, nr: number): void {
    const head = this.folioHead(pfn);
    const section = this.ownSection(head);
    const at = head - section.base;
    section.frames.pins[at] = (section.frames.pins[at] ?? 0) + nr;
  }

  private pinReferences(pfn: number): number {
    return this.folioOrder(pfn) > 0 ? 1 : GUP_PIN_COUNTING_BIAS;
  }

  /** True if the folio that owns `pfn` has the flag. */
  folioTest(pfn: number, flag: FolioFlag): boolean {
    return (this.folioFlags(pfn) & flag) !== 0;
  }

  /** Gives the folio that owns `pfn` a flag, or takes it away. */
  folioSet(pfn: number, flag: FolioFlag, on: boolean): void {
    const flags = this.folioFlags(pfn);
    const wanted = on ? flags | flag : flags & ~flag;
    // To change nothing must not part what is shared.
    if (wanted !== flags) this.setFolioFlags(pfn, wanted);
  }

  /** Sum of the flags of the folio that owns `pfn`. */
  folioFlags(pfn: number): number {
    const head = this.folioHead(pfn);
    const section = this.section(head);
    return section.frames.flags[head - section.base] ?? 0;
  }

  /** Gives the folio that owns `pfn` exactly these flags. */
  setFolioFlags(pfn: number, flags: number): void {
    const head = this.folioHead(pfn);
    const section = this.ownSection(head);
    section.frames.flags[head - section.base] = flags;
  }

  syncIcacheDcache(pfn: number): number {
    const clean = this.folioTest(pfn, FOLIO_FLAG.DCACHE_CLEAN);
    this.folioSet(pfn, FOLIO_FLAG.DCACHE_CLEAN, true);
    return clean ? 0 : this.folioNrPages(pfn);
  }

  /** True if the folio that owns `pfn` is dirty (`folio_test_dirty`). */
  folioDirty(pfn: number): boolean {
    return this.folioTest(pfn, FOLIO_FLAG.DIRTY);
  }

  /** Marks the folio that owns `pfn` dirty or clean. */
  setFolioDirty(pfn: number, dirty: boolean): void {
    this.folioSet(pfn, FOLIO_FLAG.DIRTY, dirty);
  }

  /**
   * Gives the frames from `head` on to a new folio with one reference.
   *
   * @throws RangeError if `head` is not aligned to the folio's size.
   */
  initFolio(head: number, order: number, kind: PageKind): void {
    const nr = 2 ** order;
    if (head % nr !== 0) {
      throw new RangeError(`folio of order ${order} at pfn 0x${head.toString(16)} is not aligned`);
    }
    const section = this.ownSection(head);
    const at = head - section.base;
    section.frames.kind.fill(kind, at, at + nr);
    section.frames.order.fill(order, at, at + nr);
    section.frames.anonExclusive.fill(0, at, at + nr);
    section.frames.mapcount.fill(0, at, at + nr);
    section.frames.content.fill(0, at, at + nr);
    section.frames.refcount[at] = 1;
    section.frames.largeMapcount[at] = 0;
    section.frames.entireMapcount[at] = 0;
    section.frames.flags[at] = 0;
    section.frames.pins[at] = 0;
    this.mmIds.forget(head);
  }

  /** Drops `nr` references; the last one frees the frames. Returns true if it did. */
  folioPut(pfn: number, nr: number): boolean {
    const head = this.folioHead(pfn);
    const section = this.ownSection(head);
    const at = head - section.base;
    const left = (section.frames.refcount[at] ?? 0) - nr;
    section.frames.refcount[at] = left;
    if (left > 0) return false;
    const pages = this.folioNrPages(head);
    this.onFree?.(head, pages);
    section.frames.kind.fill(PAGE_KIND.FREE, at, at + pages);
    section.frames.order.fill(0, at, at + pages);
    section.frames.anonExclusive.fill(0, at, at + pages);
    this.mmIds.forget(head);
    return true;
  }

  /** Forgets all memory: every frame is free again. */
  clear(): void {
    this.sections.clear();
    this.last = this.nowhere();
  }
}
