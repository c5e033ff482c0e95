import type { FlushRange } from '../arch.ts';
import type { MmContext } from '../mm-context.ts';

/**
 * Most invalidations that one ranged flush issues; a longer range empties the address space's TLB.
 *
 * @kernel arch/x86/mm/tlb.c tlb_single_page_flush_ceiling
 */
export const X86_FLUSH_CEILING = 33;

/** `flush_tlb_mm_range` on the only CPU that runs the address space. */
export function x86FlushTlbRange(mm: MmContext, range: FlushRange): void {
  mm.trace?.({ fn: 'flush_tlb_range', ...range });
  mm.events.flushCalls++;
  const pages = Math.floor((range.end - range.start) / range.stride);
  if (pages > X86_FLUSH_CEILING) mm.events.fullFlushes++;
  else mm.events.invlpg += pages;
}

/** `flush_tlb_mm`. */
export function x86FlushTlbMm(mm: MmContext): void {
  mm.events.flushCalls++;
  mm.events.fullFlushes++;
}
