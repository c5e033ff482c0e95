import type { Pgprot } from '../arch.ts';
import type { Pte } from '../table.ts';
import { ARM64_PTE_TYPE_PAGE as TYPE_PAGE } from './bits.ts';
import { ptePresent } from './entry.ts';

/*
 * Huge mappings at level 2. A block descriptor has the layout of a page descriptor but for the type
 * field, which is 0b01 instead of 0b11.
 */

export function pmdProt(prot: Pgprot): Pgprot {
  return prot & ~TYPE_PAGE;
}

export function pmdLeaf(pmd: Readonly<Pte>): boolean {
  return ptePresent(pmd.bits) && (pmd.bits & TYPE_PAGE) === 0;
}
