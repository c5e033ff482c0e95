import type { FlushRange } from '@ptelab/pte';
import type { AddressSpace } from './address-space.ts';

/** What one leaf table adds to a gather. Page numbers, end exclusive. */
export interface GatheredPart {
  readonly start: number;
  readonly end: number;
  readonly clearedPtes: boolean;
}

/**
 * Collects what a change of page tables has to flush: one hull of addresses, gaps included.
 *
 * Fields are private to the compiler only: recording a range is on the path of every entry, where
 * the run-time check of `#` names costs as much as the work.
 *
 * @kernel mm/mmu_gather.c, include/asm-generic/tlb.h
 */
export class MmuGather {
  private readonly mm: AddressSpace;
  /** Pages wait to be freed: when they are, the LRU batches are worked off. */
  removesPages = false;
  private start = Infinity;
  private end = 0;
  private clearedPtes = false;
  private clearedPmds = false;

  /** Opens a gather (`tlb_gather_mmu`). Every gather must be finished. */
  constructor(mm: AddressSpace) {
    this.mm = mm;
    mm.tlbFlushPending++;
  }

  /** Adds `nr` pages whose leaf entries changed (`tlb_flush_pte_range`). */
  flushPteRange(vpn: number, nr: number): void {
    this.mm.events.flushRecords++;
    this.adjust(vpn, nr);
    this.clearedPtes = true;
  }

  /** Adds pages whose huge mapping changed (`tlb_flush_pmd_range`). */
  flushPmdRange(vpn: number, nr: number): void {
    this.mm.events.flushRecords++;
    this.adjust(vpn, nr);
    this.clearedPmds = true;
  }

  /**
   * Records by itself what `part` records: afterwards the gather holds both.
   *
   * @returns what `part` recorded, to be added for other tables too.
   */
  recordPart(part: () => void): GatheredPart {
    const { start, end, clearedPtes } = this;
    this.start = Infinity;
    this.end = 0;
    this.clearedPtes = false;
    part();
    const recorded = { start: this.start, end: this.end, clearedPtes: this.clearedPtes };
    this.start = Math.min(start, recorded.start);
    this.end = Math.max(end, recorded.end);
    this.clearedPtes = clearedPtes || recorded.clearedPtes;
    return recorded;
  }

  /** Adds what was recorded for another table, `pages` further on. Counts no records. */
  addPart(part: GatheredPart, pages: number): void {
    if (!part.clearedPtes) return;
    this.start = Math.min(this.start, part.start + pages);
    this.end = Math.max(this.end, part.end + pages);
    this.clearedPtes = true;
  }

  private adjust(vpn: number, nr: number): void {
    if (vpn < this.start) this.start = vpn;
    if (vpn + nr > this.end) this.end = vpn + nr;
  }

  /** End of a VMA: arm64 flushes here, x86 merges the ranges of all VMAs. */
  endVma(): void {
    if (this.mm.system.arch.flushesPerVma) this.flush();
  }

  /** Closes the gather and flushes what is left; everything, if another gather is in flight. */
  finish(): void {
    if (this.mm.tlbFlushPending > 1) this.mm.system.arch.flushTlbMm(this.mm);
    else this.flush();
    this.reset();
    // free_pages_and_swap_cache: lru_add_drain
    if (this.removesPages && this.mm.system.arch.features.freeDrainsLru) this.mm.system.lru.drain();
    this.mm.tlbFlushPending--;
    // Frames that were given up under this gather: the kernel frees them only after its flush.
    if (this.mm.tlbFlushPending === 0) this.mm.tlb?.checkFreed();
  }

  private flush(): void {
    if (!this.clearedPtes && !this.clearedPmds) return;
    const stride = this.clearedPtes ? 1 : this.mm.pmdPages;
    const { start, end } = this;
    const both = this.clearedPtes && this.clearedPmds;
    const level = this.clearedPtes ? 'pte' : 'pmd';
    const oneLevel: FlushRange = { start, end, stride, level };
    this.reset();
    this.mm.system.arch.flushTlbRange(this.mm, both ? { start, end, stride } : oneLevel);
  }

  private reset(): void {
    this.start = Infinity;
    this.end = 0;
    this.clearedPtes = false;
    this.clearedPmds = false;
  }
}

/**
 * Carries out flushes that reclaim left for later, before entries are looked at under the lock.
 *
 * @kernel mm/rmap.c flush_tlb_batched_pending
 */
export function flushTlbBatchedPending(mm: AddressSpace): void {
  if (!mm.tlbFlushBatched) return;
  mm.tlbFlushBatched = false;
  mm.system.arch.flushTlbMm(mm);
}
