import type { EventCounters } from './events.ts';
import type { Tlb } from './tlb/tlb.ts';
import type { TraceSink } from './trace.ts';

/** What page-table code asks of physical memory. */
export interface FolioGeometry {
  /** Order of the folio that owns page frame `pfn`; 0 for single pages. Folios are naturally aligned. */
  folioOrder(pfn: number): number;
  /**
   * arm64: a user process may execute page frame `pfn` from now on, so the caches are made to agree.
   *
   * @kernel arch/arm64/mm/flush.c __sync_icache_dcache
   */
  syncIcacheDcache?(pfn: number): number;
}

/** The address space that an operation works in, as far as page-table code looks at it. */
export interface MmContext {
  /** False for the kernel's own and the EFI address space, where contpte leaves entries alone. */
  readonly isUser: boolean;
  /** Where operations are counted. */
  readonly events: EventCounters;
  /** Where calls are traced, or null. */
  readonly trace: TraceSink | null;
  /** Physical memory. */
  readonly folios: FolioGeometry;
  /** Gathers in flight on this address space (`mm->tlb_flush_pending`). */
  readonly tlbFlushPending: number;
  /** What the TLB holds; absent or null if nobody asks, which costs nothing. */
  readonly tlb?: Tlb | null;
}
