import type { YoungDirty } from '../arch.ts';
import type { MmContext } from '../mm-context.ts';
import type { PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import { blockBase } from './contpte.ts';
import { pteValidCont } from './entry.ts';
import type { Arm64Params } from './params.ts';
import { rawClearYoungDirty, rawTestAndClearYoung } from './raw-ops.ts';
import { flushTlbRangeNosync } from './tlb.ts';

/*
 * Operations on accessed and dirty state. They work on whole blocks: the hardware may have left the
 * state of any page of a block on any of its entries.
 */

interface Span {
  readonly index: number;
  readonly nr: number;
}

function isCont(mm: MmContext, table: PteTable, index: number): boolean {
  mm.events.rawReads++;
  return pteValidCont(wordAt(table.bits, index));
}

/** Widens a range to whole blocks where its ends are contiguous; two raw reads, last entry first. */
function widenToBlocks(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): Span {
  let end = index + nr;
  let start = index;
  if (isCont(mm, table, end - 1)) end = blockBase(p, end - 1) + p.contPtes;
  if (isCont(mm, table, start)) start = blockBase(p, start);
  return { index: start, nr: end - start };
}

/** Clears the accessed state of `nr` entries and of the blocks they lie in. */
export function testAndClearYoung(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): boolean {
  if (nr > 1 && !p.features.youngRange) {
    return pageByPage(index, nr, (i) => testAndClearYoung(p, mm, table, i, 1));
  }
  const span = youngSpan(p, mm, table, index, nr);
  return rawTestAndClearYoung(mm, table, span.index, span.nr);
}

/** What callers do where the helpers take one page. */
function pageByPage(index: number, nr: number, clear: (index: number) => boolean): boolean {
  let young = false;
  for (let i = index; i < index + nr; i++) young = clear(i) || young;
  return young;
}

function youngSpan(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): Span {
  if (nr === 1 && !isCont(mm, table, index)) return { index, nr: 1 };
  if (p.features.youngRange) return widenToBlocks(p, mm, table, index, nr);
  return { index: blockBase(p, index), nr: p.contPtes };
}

/**
 * Like {@link testAndClearYoung}, then flushes without waiting for completion (no trailing DSB) if
 * anything was young.
 */
export function clearFlushYoung(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): boolean {
  if (nr > 1 && !p.features.youngRange) {
    return pageByPage(index, nr, (i) => clearFlushYoung(p, mm, table, i, 1));
  }
  const young = testAndClearYoung(p, mm, table, index, nr);
  if (!young) return false;
  let span: Span = { index, nr };
  if (nr > 1 || pteValidCont(wordAt(table.bits, index))) {
    span = p.features.youngRange
      ? widenToBlocks(p, mm, table, index, nr)
      : { index: blockBase(p, index), nr: p.contPtes };
  }
  flushTlbRangeNosync(p, mm, table.base + span.index, span.nr);
  return true;
}

/** `clear_young_dirty_ptes` (MADV_FREE, MADV_COLD): no flush is owed. */
export function clearYoungDirty(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  clear: YoungDirty,
): void {
  const alone = nr === 1 && !isCont(mm, table, index);
  const span = alone ? { index, nr } : widenToBlocks(p, mm, table, index, nr);
  rawClearYoungDirty(mm, table, span.index, span.nr, clear);
}
