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
  const { start, end, stride } = range;
  mm.trace?.({ fn: 'flush_tlb_range', start, end, stride });
  mm.events.flushCalls++;
  const pages = Math.floor((end - start) / stride);
  if (pages > X86_FLUSH_CEILING) {
    mm.events.fullFlushes++;
    mm.tlb?.invalidateAll();
  } else {
    mm.events.invlpg += pages;
    if (mm.tlb) invlpgs(mm.tlb, range);
  }
  mm.tlb?.sync();
}

/** One INVLPG per stride drops what translates that one address, of whatever size. */
function invlpgs(tlb: NonNullable<MmContext['tlb']>, { start, end, stride }: FlushRange): void {
  for (let vpn = start; vpn < end; vpn += stride) tlb.invalidateRange(vpn, vpn + 1);
}

/** `flush_tlb_mm`. */
export function x86FlushTlbMm(mm: MmContext): void {
  mm.events.flushCalls++;
  mm.events.fullFlushes++;
  mm.tlb?.invalidateAll();
  mm.tlb?.sync();
}
