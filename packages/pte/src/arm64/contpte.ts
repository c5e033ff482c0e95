import type { MmContext } from '../mm-context.ts';
import type { Pte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import { arm64PtePfn } from './address.ts';
import {
  ARM64_PTE_CONT as CONT,
  ARM64_PTE_SPECIAL as SPECIAL,
  ARM64_PTE_VALID as VALID,
} from './bits.ts';
import {
  foldComparable,
  pteDirty,
  pteMkcont,
  pteMkdirty,
  pteMknoncont,
  pteMkyoung,
  pteValidCont,
  pteYoung,
} from './entry.ts';
import type { Arm64Params } from './params.ts';
import { arm64FlushTlbRange } from './tlb.ts';

/*
 * Folding and unfolding of contiguous blocks, and the getter that reads one.
 * Kernel: arch/arm64/mm/contpte.c. Nothing else in the model touches the contiguous bit of a block.
 */

/** First index of the block that `index` lies in. */
export function blockBase(p: Arm64Params, index: number): number {
  return index - (index % p.contPtes);
}

/** Bits of the pfn word that number the page inside its block. */
function blockPfnMask(p: Arm64Params): number {
  return (p.contPtes - 1) * p.pfnStep;
}

/**
 * `contpte_convert`: rewrites a whole block with or without CONT, by break-before-make.
 *
 * Young and dirty of any entry end up on every entry. A CPU that tolerates the change
 * (BBML2_NOABORT) is spared the flush in the middle.
 */
function convert(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pfn: number,
  bits: number,
): void {
  const base = blockBase(p, index);
  mm.trace?.({ fn: 'contpte_convert', vpn: table.base + index, pte: { pfn, bits } });
  mm.events.xchg += p.contPtes;
  let merged = bits;
  for (let i = base; i < base + p.contPtes; i++) {
    const cleared = wordAt(table.bits, i);
    if (pteDirty(cleared)) merged = pteMkdirty(merged);
    if (pteYoung(cleared)) merged = pteMkyoung(merged);
  }
  if (!(p.bbml2 && p.features.bbml2Noabort)) {
    const start = table.base + base;
    arm64FlushTlbRange(p, mm, { start, end: start + p.contPtes, stride: 1, level: 'pte' });
  }
  mm.events.rawWrites += p.contPtes;
  let word = pfn & ~blockPfnMask(p);
  for (let i = base; i < base + p.contPtes; i++) {
    table.pfn[i] = word;
    table.bits[i] = merged;
    word += p.pfnStep;
  }
}

/**
 * `contpte_try_unfold`: dissolves the block of a valid contiguous entry.
 *
 * @param edge - called for the edge of a range rather than for a single entry.
 */
export function tryUnfold(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  edge: boolean,
): void {
  const bits = wordAt(table.bits, index);
  if (!pteValidCont(bits)) return;
  const pfn = wordAt(table.pfn, index);
  mm.trace?.({ fn: 'contpte_try_unfold', vpn: table.base + index, pte: { pfn, bits }, edge });
  if (!mm.isUser) return;
  mm.events.unfolds++;
  convert(p, mm, table, index, pfn, pteMknoncont(bits));
}

/** `contpte_try_unfold_partial`: dissolves the blocks that a range covers only in part. */
export function unfoldPartial(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): void {
  if (index % p.contPtes !== 0 || nr < p.contPtes) {
    mm.events.rawReads++;
    tryUnfold(p, mm, table, index, true);
  }
  if ((index + nr) % p.contPtes !== 0) {
    mm.events.rawReads++;
    tryUnfold(p, mm, table, index + nr - 1, true);
  }
}

function folioCoversBlock(
  p: Arm64Params,
  mm: MmContext,
  index: number,
  pte: Readonly<Pte>,
): boolean {
  const pfn = arm64PtePfn(p, pte);
  const pages = 2 ** mm.folios.folioOrder(pfn);
  const first = index - (pfn % pages);
  const base = blockBase(p, index);
  return first <= base && first + pages >= base + p.contPtes;
}

/** Reads the block from its start; true if all entries continue `pte` but for young and dirty. */
function blockMatches(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pte: Readonly<Pte>,
): boolean {
  const base = blockBase(p, index);
  const wanted = foldComparable(pte.bits);
  let word = pte.pfn & ~blockPfnMask(p);
  for (let i = base; i < base + p.contPtes; i++) {
    mm.events.rawReads++;
    if (wordAt(table.pfn, i) !== word || foldComparable(wordAt(table.bits, i)) !== wanted) {
      return false;
    }
    word += p.pfnStep;
  }
  return true;
}

/**
 * `contpte_try_fold`: makes a block contiguous when its last entry has just been stored and the
 * other entries fit. Entries written low to high, one by one, fold; anything else does not.
 */
export function tryFold(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pte: Readonly<Pte>,
): void {
  const last = p.contPtes - 1;
  if (index % p.contPtes !== last) return;
  if ((pte.bits & (VALID | CONT | SPECIAL)) !== VALID) return;
  const aligned = (pte.pfn & blockPfnMask(p)) === blockPfnMask(p);
  mm.trace?.({
    fn: aligned ? 'contpte_try_fold' : 'contpte_try_fold_unaligned',
    vpn: table.base + index,
    pte: { pfn: pte.pfn, bits: pte.bits },
  });
  if (!aligned) return;
  mm.events.foldAttempts++;
  if (!mm.isUser || !folioCoversBlock(p, mm, index, pte)) return;
  if (!blockMatches(p, mm, table, index, pte)) return;
  mm.events.folds++;
  convert(p, mm, table, index, pte.pfn, pteMkcont(pte.bits, p.features.mkcontSetsType));
}

/** Up to 6.16: reads the whole block, whatever it finds. */
function gatherAll(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  base: number,
  bits: number,
): number {
  let merged = bits;
  mm.events.rawReads += p.contPtes;
  for (let i = base; i < base + p.contPtes; i++) {
    const other = wordAt(table.bits, i);
    if (pteDirty(other)) merged = pteMkdirty(merged);
    if (pteYoung(other)) merged = pteMkyoung(merged);
  }
  return merged;
}

/**
 * Since 6.17: stops once dirty and young are both known. After a dirty entry the search for a young
 * one starts at that same entry, which is read again.
 */
function gatherEarlyExit(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  base: number,
  bits: number,
): number {
  const end = base + p.contPtes;
  for (let i = base; i < end; i++) {
    mm.events.rawReads++;
    const other = wordAt(table.bits, i);
    if (pteDirty(other)) return findYoung(mm, table, i, end, pteMkdirty(bits));
    if (pteYoung(other)) return findDirty(mm, table, i + 1, end, pteMkyoung(bits));
  }
  return bits;
}

function findYoung(
  mm: MmContext,
  table: PteTable,
  from: number,
  end: number,
  bits: number,
): number {
  for (let i = from; i < end; i++) {
    mm.events.rawReads++;
    if (pteYoung(wordAt(table.bits, i))) return pteMkyoung(bits);
  }
  return bits;
}

function findDirty(
  mm: MmContext,
  table: PteTable,
  from: number,
  end: number,
  bits: number,
): number {
  for (let i = from; i < end; i++) {
    mm.events.rawReads++;
    if (pteDirty(wordAt(table.bits, i))) return pteMkdirty(bits);
  }
  return bits;
}

/**
 * `contpte_ptep_get` past its first read: the bits of entry `index` with young and dirty of its
 * block. CONT stays in the value.
 */
export function gatherBlock(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  bits: number,
): number {
  mm.trace?.({ fn: 'contpte_ptep_get', vpn: table.base + index });
  return scanBlock(p, mm, table, index, bits);
}

/** The scan of {@link gatherBlock}, which the lockless getter shares. */
export function scanBlock(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  bits: number,
): number {
  mm.events.contpteGets++;
  const base = blockBase(p, index);
  return p.features.contpteGetEarlyExit
    ? gatherEarlyExit(p, mm, table, base, bits)
    : gatherAll(p, mm, table, base, bits);
}
