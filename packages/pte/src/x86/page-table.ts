import type { YoungDirty } from '../arch.ts';
import type { MmContext } from '../mm-context.ts';
import type { Pte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import { X86_PTE_ACCESSED as ACCESSED } from './bits.ts';
import { needsInvert, pteDirty, pteMkclean, pteMkdirty, pteWrprotect, pteYoung } from './entry.ts';

/*
 * The operations that core mm calls, without contiguous blocks: the generic loops of
 * include/linux/pgtable.h over arch/x86/include/asm/pgtable.h.
 */

export function ptepGet(mm: MmContext, table: PteTable, index: number, out: Pte): void {
  mm.events.rawReads++;
  out.pfn = wordAt(table.pfn, index);
  out.bits = wordAt(table.bits, index);
}

export function setPtes(
  mm: MmContext,
  table: PteTable,
  index: number,
  pte: Readonly<Pte>,
  nr: number,
): void {
  mm.events.rawWrites += nr;
  const step = needsInvert(pte.pfn, pte.bits) ? -1 : 1;
  let word = pte.pfn;
  for (let i = index; i < index + nr; i++) {
    table.pfn[i] = word;
    table.bits[i] = pte.bits;
    word += step;
  }
}

/** Dirty of a later entry is merged with `pte_mkdirty`, which also marks soft-dirty. */
export function getAndClearFullPtes(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  softDirty: boolean,
  out: Pte,
): void {
  mm.events.xchg += nr;
  const pfn = wordAt(table.pfn, index);
  let bits = wordAt(table.bits, index);
  table.pfn[index] = 0;
  table.bits[index] = 0;
  for (let i = index + 1; i < index + nr; i++) {
    const other = wordAt(table.bits, i);
    if (pteDirty(other)) bits = pteMkdirty(bits, softDirty);
    if (pteYoung(other)) bits |= ACCESSED;
    table.pfn[i] = 0;
    table.bits[i] = 0;
  }
  out.pfn = pfn;
  out.bits = bits;
}

export function wrprotectPtes(mm: MmContext, table: PteTable, index: number, nr: number): void {
  mm.events.rawReads += nr;
  mm.events.cmpxchg += nr;
  for (let i = index; i < index + nr; i++) table.bits[i] = pteWrprotect(wordAt(table.bits, i));
}

/** One plain store if anything differs; the fault has already dropped the stale translation. */
export function ptepSetAccessFlags(
  mm: MmContext,
  table: PteTable,
  index: number,
  entry: Readonly<Pte>,
  dirty: boolean,
): boolean {
  mm.events.rawReads++;
  const changed =
    wordAt(table.bits, index) !== entry.bits || wordAt(table.pfn, index) !== entry.pfn;
  if (changed && dirty) {
    mm.events.rawWrites++;
    table.pfn[index] = entry.pfn;
    table.bits[index] = entry.bits;
  }
  return changed;
}

/** A locked bit reset, only where the bit is set. */
export function testAndClearYoung(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
): boolean {
  let young = false;
  for (let i = index; i < index + nr; i++) {
    mm.events.rawReads++;
    const bits = wordAt(table.bits, i);
    if (!pteYoung(bits)) continue;
    mm.events.cmpxchg++;
    table.bits[i] = bits & ~ACCESSED;
    young = true;
  }
  return young;
}

export function clearYoungDirty(
  mm: MmContext,
  table: PteTable,
  index: number,
  nr: number,
  clear: YoungDirty,
): void {
  for (let i = index; i < index + nr; i++) {
    if (!clear.dirty) {
      if (clear.young) testAndClearYoung(mm, table, i, 1);
      continue;
    }
    mm.events.xchg++;
    mm.events.rawWrites++;
    const bits = pteMkclean(wordAt(table.bits, i));
    table.bits[i] = clear.young ? bits & ~ACCESSED : bits;
  }
}
