import type { AccessKind, HardwareAccess } from '../arch.ts';
import type { Pte, PteTable } from '../table.ts';
import {
  TLB_DIRTY,
  TLB_EXEC,
  TLB_READ,
  TLB_VALID,
  TLB_WRITE,
  TLB_YOUNG,
} from '../tlb/attributes.ts';
import { wordAt } from '../word.ts';
import {
  X86_PTE_ACCESSED as ACCESSED,
  X86_PTE_DIRTY as DIRTY,
  X86_PTE_NX as NX,
  X86_PTE_PRESENT as PRESENT,
  X86_PTE_RW as RW,
  X86_PTE_USER as USER,
} from './bits.ts';

/**
 * A user access through an entry, with an empty TLB: sets accessed, and dirty on a store.
 *
 * @manual Intel SDM Vol 3A 4.8 (accessed and dirty flags)
 */
export function accessEntry(pte: Pte, kind: AccessKind): HardwareAccess {
  const { bits } = pte;
  if ((bits & PRESENT) === 0) return 'translation';
  if ((bits & USER) === 0) return 'permission';
  if (kind === 'write' && (bits & RW) === 0) return 'permission';
  if (kind === 'exec' && (bits & NX) !== 0) return 'permission';
  pte.bits = bits | ACCESSED | (kind === 'write' ? DIRTY : 0);
  return 'ok';
}

const walked: Pte = { pfn: 0, bits: 0 };

/** A user access to the page of entry `index`; see {@link accessEntry}. */
export function hardwareAccess(table: PteTable, index: number, kind: AccessKind): HardwareAccess {
  walked.bits = wordAt(table.bits, index);
  const result = accessEntry(walked, kind);
  table.bits[index] = walked.bits;
  return result;
}

/**
 * What a TLB keeps of an entry.
 *
 * @manual Intel SDM Vol 3A 4.10.2 (what a TLB entry holds)
 */
export function tlbAttributes(bits: number): number {
  if ((bits & PRESENT) === 0) return 0;
  let attributes = TLB_VALID;
  if ((bits & ACCESSED) !== 0) attributes |= TLB_YOUNG;
  if ((bits & DIRTY) !== 0) attributes |= TLB_DIRTY;
  if ((bits & NX) === 0) attributes |= TLB_EXEC;
  if ((bits & USER) === 0) return attributes & ~TLB_EXEC;
  return attributes | TLB_READ | ((bits & RW) === 0 ? 0 : TLB_WRITE);
}
