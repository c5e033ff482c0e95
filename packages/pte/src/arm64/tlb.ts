import type { FlushRange } from '../arch.ts';
import type { MmContext } from '../mm-context.ts';
import type { TlbLevel } from '../tlb/entry.ts';
import type { Arm64Granule, Arm64Params } from './params.ts';

/** Largest range, in pages, that range operations cover: four scales of 32 units. */
const MAX_TLBI_RANGE_PAGES = 32 * 2 ** 16;
const LPA2_ALIGN_PAGES: Readonly<Record<Arm64Granule, number>> = { '4k': 16, '16k': 4, '64k': 1 };

/**
 * Number of TLBI instructions that one flush of `pages` pages issues.
 *
 * Without FEAT_TLBIRANGE one per stride. With it the scales 3 to 0 are used in turn, and an odd
 * page is left to a single operation.
 *
 * @param start - first page, for the alignment that LPA2 range operations ask.
 * @kernel arch/arm64/include/asm/tlbflush.h __flush_tlb_range_op (6.12 .. 7.3)
 */
export function tlbiOpCount(p: Arm64Params, start: number, pages: number, stride: number): number {
  if (!p.tlbiRange) return Math.ceil(pages / stride);
  const lpa2 = p.pa52 && p.granule !== '64k';
  const align = LPA2_ALIGN_PAGES[p.granule];
  let ops = 0;
  let at = start;
  let left = pages;
  for (let scale = 3; left > 0;) {
    if (left === 1 || (lpa2 && at % align !== 0)) {
      at += stride;
      left -= stride;
      ops++;
      continue;
    }
    const shift = 5 * scale + 1;
    const units = Math.floor(Math.min(left, 32 * 2 ** shift) / 2 ** shift);
    if (units > 0) {
      at += units * 2 ** shift;
      left -= units * 2 ** shift;
      ops++;
    }
    scale--;
  }
  return ops;
}

/** True if a range is so large that the whole ASID is flushed instead. */
function flushesWholeAsid(p: Arm64Params, pages: number, stride: number): boolean {
  return p.tlbiRange ? pages > MAX_TLBI_RANGE_PAGES : pages >= p.ptesPerTable * stride;
}

function countSync(p: Arm64Params, mm: MmContext): void {
  mm.events.dsb++;
  if (p.repeatTlbi) {
    mm.events.tlbiOps++;
    mm.events.dsb++;
  }
  mm.tlb?.sync();
}

function countWholeAsid(p: Arm64Params, mm: MmContext): void {
  mm.tlb?.invalidateAll();
  mm.events.fullFlushes++;
  mm.events.tlbiOps += p.kpti ? 2 : 1;
  mm.events.dsb++; // DSB ISHST before the TLBI
  countSync(p, mm);
}

/** Flushes leaf entries of a user range: DSB ISHST, the TLBIs, DSB ISH. */
export function arm64FlushTlbRange(p: Arm64Params, mm: MmContext, range: FlushRange): void {
  const { stride } = range;
  const start = range.start - (range.start % stride);
  const pages = Math.ceil(range.end / stride) * stride - start;
  mm.trace?.({ fn: 'flush_tlb_range', start: range.start, end: range.end, stride });
  mm.events.flushCalls++;
  if (flushesWholeAsid(p, pages, stride)) {
    countWholeAsid(p, mm);
    if (p.features.fullFlushSyncsTwice) countSync(p, mm);
    return;
  }
  mm.tlb?.invalidateRange(start, start + pages, range.level);
  mm.events.dsb++;
  mm.events.tlbiOps += tlbiOpCount(p, start, pages, stride) * (p.kpti ? 2 : 1);
  countSync(p, mm);
}

/**
 * Flush without waiting for completion: no trailing DSB, hence no REPEAT_TLBI workaround. A range
 * too large is flushed as the whole ASID, which does wait.
 */
export function flushTlbRangeNosync(
  p: Arm64Params,
  mm: MmContext,
  start: number,
  pages: number,
): void {
  mm.events.flushCalls++;
  if (flushesWholeAsid(p, pages, 1)) {
    countWholeAsid(p, mm);
    return;
  }
  mm.tlb?.invalidateRange(start, start + pages, 'pte');
  mm.events.dsb++;
  mm.events.tlbiOps += tlbiOpCount(p, start, pages, 1) * (p.kpti ? 2 : 1);
}

/** Waits for what {@link flushTlbRangeNosync} began. */
export function syncTlb(p: Arm64Params, mm: MmContext): void {
  countSync(p, mm);
}

/** Flushes the ASID: `flush_tlb_mm`. */
export function arm64FlushTlbMm(p: Arm64Params, mm: MmContext): void {
  mm.events.flushCalls++;
  countWholeAsid(p, mm);
}

/**
 * Flush after access flags were raised on a fault. Local to this CPU since 6.19, where no
 * REPEAT_TLBI workaround and no broadcast is involved.
 */
export function flushAccessFlags(
  p: Arm64Params,
  mm: MmContext,
  start: number,
  pages: number,
  level: TlbLevel = 'pte',
): void {
  const stride = level === 'pte' ? 1 : pages;
  if (!p.features.localFlushOnFault) {
    arm64FlushTlbRange(p, mm, { start, end: start + pages, stride, level });
    return;
  }
  mm.tlb?.invalidateRange(start, start + pages, level);
  mm.events.flushCalls++;
  mm.events.tlbiOps += tlbiOpCount(p, start, pages, stride) * (p.kpti ? 2 : 1);
  mm.events.dsb += 2;
  mm.tlb?.sync();
}
