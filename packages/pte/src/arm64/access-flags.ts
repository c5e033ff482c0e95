import type { MmContext } from '../mm-context.ts';
import type { Pte, PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import {
  ARM64_PTE_AF as AF,
  ARM64_PTE_DIRTY as DIRTY,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';
import { blockBase, gatherBlock, tryUnfold } from './contpte.ts';
import { pteMknoncont, pteSame, pteValidCont } from './entry.ts';
import type { Arm64Params } from './params.ts';
import { raiseAccessFlags, rawSetAccessFlags } from './raw-ops.ts';
import { flushAccessFlags } from './tlb.ts';

const ACCESS_FLAGS = RDONLY | AF | WRITE | DIRTY;

const wanted: Pte = { pfn: 0, bits: 0 };

/**
 * Nothing to do for a contiguous entry? Newer kernels compare the flags of every entry of the
 * block; 6.12.0 to 6.18 compared the gathered value, which could hide a member without the flag.
 */
function blockHasFlags(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  entry: Readonly<Pte>,
): boolean {
  if (!p.features.accessFlagsRawNoop) {
    mm.events.rawReads++;
    const gathered = pteMknoncont(gatherBlock(p, mm, table, index, wordAt(table.bits, index)));
    return gathered === entry.bits;
  }
  const base = blockBase(p, index);
  for (let i = base; i < base + p.contPtes; i++) {
    mm.events.rawReads++;
    if (((wordAt(table.bits, i) ^ entry.bits) & ACCESS_FLAGS) !== 0) return false;
  }
  return true;
}

/**
 * `ptep_set_access_flags`: raises accessed, dirty and write on a fault.
 *
 * In a block only accessed and dirty may be raised for all; a change of the write bit unfolds it.
 *
 * @kernel arch/arm64/mm/contpte.c contpte_ptep_set_access_flags
 */
export function ptepSetAccessFlags(
  p: Arm64Params,
  mm: MmContext,
  table: PteTable,
  index: number,
  entry: Readonly<Pte>,
  dirty: boolean,
): boolean {
  mm.events.rawReads++;
  wanted.pfn = entry.pfn;
  wanted.bits = pteMknoncont(entry.bits);
  if (!pteValidCont(wordAt(table.bits, index))) {
    return rawSetAccessFlags(p, mm, table, index, wanted, dirty);
  }
  if (blockHasFlags(p, mm, table, index, wanted)) return false;
  // The raw test has not read this entry; the gathered value of older kernels holds its write bit.
  if (p.features.accessFlagsRawNoop) mm.events.rawReads++;
  if (((wordAt(table.bits, index) ^ wanted.bits) & WRITE) !== 0) {
    tryUnfold(p, mm, table, index, false);
    rawSetAccessFlags(p, mm, table, index, wanted, dirty);
    return true;
  }
  const base = blockBase(p, index);
  for (let i = base; i < base + p.contPtes; i++) rawSetAccessFlags(p, mm, table, i, wanted, false);
  if (dirty) flushAccessFlags(p, mm, table.base + base, p.contPtes);
  return true;
}

/**
 * `pmdp_set_access_flags`: the same for the one entry of a huge mapping.
 *
 * @kernel arch/arm64/mm/fault.c __ptep_set_access_flags (as pmdp_set_access_flags calls it)
 */
export function pmdpSetAccessFlags(
  p: Arm64Params,
  mm: MmContext,
  vpn: number,
  pmd: Pte,
  bits: number,
  dirty: boolean,
): void {
  mm.events.rawReads++;
  wanted.pfn = pmd.pfn;
  wanted.bits = bits;
  if (pteSame(pmd, wanted)) return;
  mm.events.cmpxchg++;
  pmd.bits = raiseAccessFlags(pmd.bits, bits);
  if (dirty) flushAccessFlags(p, mm, vpn - (vpn % p.ptesPerTable), p.ptesPerTable, 'pmd');
}
