import type { YoungDirty } from '../arch.ts';
import type { MmContext } from '../mm-context.ts';
import type { Pte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import {
  ARM64_PTE_AF as AF,
  ARM64_PTE_DIRTY as DIRTY,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';
import {
  pteDirty,
  pteMkclean,
  pteMkdirty,
  pteMkold,
  pteMkyoung,
  pteSame,
  pteWrprotect,
  pteYoung,
} from './entry.ts';
import { flushAccessFlags } from './tlb.ts';
import type { Arm64Params } from './params.ts';

/*
 * The layer below contpte: single entries, no knowledge of contiguous blocks.
 * Kernel names carry a double underscore (__ptep_get, __set_ptes, ...) in
 * arch/arm64/include/asm/pgtable.h.
 */

export function rawGet(mm: MmContext, table: PteTable, index: number, out: Pte): void {
  mm.events.rawReads++;
  out.pfn = wordAt(table.pfn, index);
  out.bits = wordAt(table.bits, index);
}

/** `__set_ptes`: `nr` stores, each mapping the next page. User entries need no barrier. */
export function rawSet(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  pfn: number,
  bits: number,
  nr: number,
): void {
  mm.events.rawWrites += nr;
  let word = pfn;
  for (let i = index; i < index + nr; i++) {
    table.pfn[i] = word;
    table.bits[i] = bits;
    word += p.pfnStep;
  }
}

/** `__get_and_clear_full_ptes`: swaps `nr` entries with 0; the first gathers young and dirty. */
export function rawGetAndClear(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  out: Pte,
): void {
  mm.events.xchg += nr;
  const pfn = wordAt(table.pfn, index);
  let bits = wordAt(table.bits, index);
  table.pfn[index] = 0;
  table.bits[index] = 0;
  for (let i = index + 1; i < index + nr; i++) {
    const other = wordAt(table.bits, i);
    if (pteDirty(other)) bits = pteMkdirty(bits);
    if (pteYoung(other)) bits = pteMkyoung(bits);
    table.pfn[i] = 0;
    table.bits[i] = 0;
  }
  out.pfn = pfn;
  out.bits = bits;
}

export function rawWrprotect(mm: MmContext, table: PteTable, index: number, nr: number): void {
  mm.events.rawReads += nr;
  mm.events.cmpxchg += nr;
  for (let i = index; i < index + nr; i++) table.bits[i] = pteWrprotect(wordAt(table.bits, i));
}

/** Clears the access flag of `nr` entries; returns true if any was set. The swap is unconditional. */
export function rawTestAndClearYoung(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): boolean {
  mm.events.rawReads += nr;
  mm.events.cmpxchg += nr;
  let young = false;
  for (let i = index; i < index + nr; i++) {
    const bits = wordAt(table.bits, i);
    young ||= pteYoung(bits);
    table.bits[i] = pteMkold(bits);
  }
  return young;
}

/** Both flags at once are a plain store (nothing is left to lose), one is a swap loop. */
export function rawClearYoungDirty(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  { young, dirty }: YoungDirty,
): void {
  mm.events.rawReads += nr;
  if (young && dirty) mm.events.rawWrites += nr;
  else mm.events.cmpxchg += nr;
  for (let i = index; i < index + nr; i++) {
    let bits = wordAt(table.bits, i);
    if (young) bits = pteMkold(bits);
    if (dirty) bits = pteMkclean(bits);
    table.bits[i] = bits;
  }
}

/** Takes accessed, writable and dirty of `entry` over into `bits`; RDONLY only ever goes away. */
export function raiseAccessFlags(bits: number, entry: number): number {
  const raised = bits | (entry & (AF | WRITE | DIRTY));
  return (entry & RDONLY) === 0 ? raised & ~RDONLY : raised;
}

const old: Pte = { pfn: 0, bits: 0 };

/** `__ptep_set_access_flags`: returns false and writes nothing if the entry is already the same. */
export function rawSetAccessFlags(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  entry: Readonly<Pte>,
  dirty: boolean,
): boolean {
  rawGet(mm, table, index, old);
  if (pteSame(old, entry)) return false;
  mm.events.cmpxchg++;
  table.bits[index] = raiseAccessFlags(old.bits, entry.bits);
  if (dirty) flushAccessFlags(p, mm, table.base + index, 1);
  return true;
}
