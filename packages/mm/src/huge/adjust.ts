import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from './huge-pmd.ts';
import { splitHugePmd } from './split.ts';

/**
 * Splits the huge mapping that page `at` lies inside of, if any: a VMA boundary is about to be there.
 *
 * @kernel mm/huge_memory.c vma_adjust_trans_huge
 */
export function vmaAdjustTransHuge(mm: AddressSpace, at: number): void {
  if (at % mm.pmdPages === 0) return;
  const pmd = mm.pmd(at);
  if (pmd instanceof HugePmd) splitHugePmd(mm, pmd);
}
