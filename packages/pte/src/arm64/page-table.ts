import type { MmContext } from '../mm-context.ts';
import type { Pte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import { arm64PtePfn } from './address.ts';
import { blockBase, gatherBlock, scanBlock, tryFold, tryUnfold, unfoldPartial } from './contpte.ts';
import {
  pteAccessible,
  pteMkcont,
  pteMknoncont,
  ptePresent,
  pteSpecial,
  pteUserExec,
  pteValid,
  pteValidCont,
  pteWrprotect,
} from './entry.ts';
import type { Arm64Params } from './params.ts';
import { rawGet, rawGetAndClear, rawSet, rawWrprotect } from './raw-ops.ts';
import { arm64FlushTlbRange, flushTlbRangeNosync } from './tlb.ts';

/*
 * The operations that core mm calls to read, store, clear and change entries, on top of contpte.
 * Kernel: arch/arm64/include/asm/pgtable.h (inline wrappers) and arch/arm64/mm/contpte.c.
 */

export function ptepGet(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  out: Pte,
): void {
  rawGet(mm, table, index, out);
  if (pteValidCont(out.bits)) out.bits = gatherBlock(p, mm, table, index, out.bits);
}

/**
 * `ptep_get_lockless`, uncontended: the entry is read twice and the block scanned as in
 * {@link ptepGet}; a tear would restart it, which one simulated CPU never sees.
 */
export function ptepGetLockless(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  out: Pte,
): void {
  rawGet(mm, table, index, out);
  if (!pteValidCont(out.bits)) return;
  rawGet(mm, table, index, out);
  out.bits = scanBlock(p, mm, table, index, out.bits);
}

/** `__sync_cache_and_tags`, for an entry without UXN. */
function syncCache(p: Arm64Params, mm: MmContext, pte: Readonly<Pte>): void {
  if (!ptePresent(pte.bits) || pteSpecial(pte.bits)) return;
  mm.events.icacheSyncs += mm.folios.syncIcacheDcache?.(arm64PtePfn(p, pte)) ?? 0;
}

const single: Pte = { pfn: 0, bits: 0 };

export function setPtes(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pte: Readonly<Pte>,
  nr: number,
): void {
  const bits = pteMknoncont(pte.bits);
  if (pteUserExec(bits)) syncCache(p, mm, pte);
  if (nr > 1) {
    setRange(p, mm, table, index, pte.pfn, bits, nr);
    return;
  }
  mm.events.rawReads++;
  tryUnfold(p, mm, table, index, false);
  rawSet(p, mm, table, index, pte.pfn, bits, 1);
  single.pfn = pte.pfn;
  single.bits = bits;
  tryFold(p, mm, table, index, single);
}

/**
 * `contpte_set_ptes`: never folds, but paints CONT on every piece that is a whole, aligned block.
 *
 * From 6.17 to 7.2 it does so on PROT_NONE entries too, where the bit means nothing to hardware
 * but takes part in later comparisons.
 */
function setRange(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pfn: number,
  bits: number,
  nr: number,
): void {
  mm.trace?.({ fn: 'contpte_set_ptes', vpn: table.base + index, nr, pte: { pfn, bits } });
  if (!mm.isUser || (p.features.setPtesSkipsInvalid && !pteValid(bits))) {
    rawSet(p, mm, table, index, pfn, bits, nr);
    return;
  }
  const blockPfnMask = (p.contPtes - 1) * p.pfnStep;
  const cont = pteMkcont(bits, p.features.mkcontSetsType);
  let word = pfn;
  for (let i = index; i < index + nr;) {
    const end = Math.min(blockBase(p, i) + p.contPtes, index + nr);
    const whole = end - i === p.contPtes && (word & blockPfnMask) === 0;
    if (pteValid(bits)) mm.tlb?.noteCont(table.base + i, end - i, whole);
    rawSet(p, mm, table, i, word, whole ? cont : bits, end - i);
    word += (end - i) * p.pfnStep;
    i = end;
  }
}

export function getAndClearFullPtes(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  out: Pte,
): void {
  clearUnfold(p, mm, table, index, nr);
  rawGetAndClear(mm, table, index, nr, out);
}

function clearUnfold(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): void {
  if (nr > 1) {
    mm.trace?.({ fn: 'contpte_get_and_clear_full_ptes', vpn: table.base + index, nr });
    unfoldPartial(p, mm, table, index, nr);
  } else {
    mm.events.rawReads++;
    tryUnfold(p, mm, table, index, false);
  }
}

/** `set_pte`: core mm stores through {@link setPtes}; this one never folds or unfolds. */
export function setPte(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pte: Readonly<Pte>,
): void {
  mm.events.rawReads++;
  rawSet(p, mm, table, index, pte.pfn, pteMknoncont(pte.bits), 1);
}

/** `pte_clear`: like getting and clearing one entry, but with a plain store. */
export function pteClear(p: Arm64Params, mm: MmContext, table: PteTable, index: number): void {
  mm.events.rawReads++;
  tryUnfold(p, mm, table, index, false);
  mm.events.rawWrites++;
  table.pfn[index] = 0;
  table.bits[index] = 0;
}

/** `wrprotect_ptes` (fork): whole blocks stay contiguous, blocks at the edges are unfolded. */
export function wrprotectPtes(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): void {
  if (nr > 1) {
    unfoldPartial(p, mm, table, index, nr);
    rawWrprotect(mm, table, index, nr);
    return;
  }
  mm.events.rawReads++;
  tryUnfold(p, mm, table, index, false);
  mm.events.cmpxchg++;
  table.bits[index] = pteWrprotect(wordAt(table.bits, index));
}

export function ptepClearFlush(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  out: Pte,
): void {
  getAndClearFullPtes(p, mm, table, index, 1, out);
  if (!pteAccessible(mm.tlbFlushPending, out.bits)) return;
  const start = table.base + index;
  arm64FlushTlbRange(p, mm, { start, end: start + 1, stride: 1, level: 'pte' });
}

/** Clears one entry and flushes it without waiting, if hardware could have cached it. */
export function clearForUnmap(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  out: Pte,
): boolean {
  getAndClearFullPtes(p, mm, table, index, 1, out);
  if (!pteAccessible(mm.tlbFlushPending, out.bits)) return false;
  flushTlbRangeNosync(p, mm, table.base + index, 1);
  return true;
}

/**
 * `modify_prot_start_ptes`. On CPUs with erratum 2645198 an executable entry is flushed before it
 * may lose that; up to 6.16 the entry is looked at before it is cleared.
 */
export function modifyProtStart(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  out: Pte,
): void {
  const start = table.base + index;
  mm.trace?.({ fn: 'modify_prot_start', vpn: start, nr });
  mm.events.batches++;
  if (nr === 1) mm.events.singleBatches++;
  if (p.erratum2645198 && !p.features.modifyProtRange) ptepGet(p, mm, table, index, out);
  getAndClearFullPtes(p, mm, table, index, nr, out);
  const accessible = pteAccessible(mm.tlbFlushPending, out.bits);
  if (p.erratum2645198 && accessible && pteUserExec(out.bits)) {
    arm64FlushTlbRange(p, mm, { start, end: start + nr, stride: 1, level: 'pte' });
  }
}

export function modifyProtCommit(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  old: Readonly<Pte>,
  new_: Readonly<Pte>,
  nr: number,
): void {
  mm.trace?.({
    fn: 'modify_prot_commit',
    vpn: table.base + index,
    nr,
    old: { ...old },
    new: { ...new_ },
  });
  mm.events.commits++;
  setPtes(p, mm, table, index, new_, nr);
}
