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
  ARM64_PTE_AF as AF,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_SWBITS as SWBITS,
  ARM64_PTE_TYPE_PAGE as TYPE_PAGE,
  ARM64_PTE_USER as USER,
  ARM64_PTE_UXN as UXN,
  ARM64_PTE_VALID as VALID,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';
import type { Arm64Params } from './params.ts';

/**
 * An EL0 access through a valid descriptor of the right type, with an empty TLB.
 *
 * With FEAT_HAFDBS the CPU sets the access flag, and a store to a writable-clean entry clears
 * RDONLY. It updates the descriptor it walked, also inside a contiguous block.
 *
 * @manual ARM DDI 0487 D8.5.1 (hardware management of the access flag), D8.5.2 (dirty state)
 */
function accessValid(p: Arm64Params, pte: Pte, kind: AccessKind): HardwareAccess {
  const { bits } = pte;
  if ((bits & AF) === 0 && !p.hwAfDbm) return 'access-flag';
  if (kind === 'exec') {
    if ((bits & UXN) !== 0) return 'permission';
  } else if ((bits & USER) === 0) return 'permission';
  let updated = bits | AF;
  if (kind === 'write' && (bits & RDONLY) !== 0) {
    if ((bits & WRITE) === 0 || !p.hwAfDbm) return 'permission';
    updated &= ~RDONLY;
  }
  pte.bits = updated;
  return 'ok';
}

const walked: Pte = { pfn: 0, bits: 0 };

/** An access to the page of entry `index`; a level-3 descriptor must be of type page. */
export function hardwareAccess(
  p: Arm64Params,
  table: PteTable,
  index: number,
  kind: AccessKind,
): HardwareAccess {
  const bits = wordAt(table.bits, index);
  if ((bits & (VALID | TYPE_PAGE)) !== (VALID | TYPE_PAGE)) return 'translation';
  walked.bits = bits;
  const result = accessValid(p, walked, kind);
  table.bits[index] = walked.bits;
  return result;
}

/** An access through a level-2 block descriptor. */
export function hardwareAccessPmd(p: Arm64Params, pmd: Pte, kind: AccessKind): HardwareAccess {
  return (pmd.bits & VALID) === 0 ? 'translation' : accessValid(p, pmd, kind);
}

/**
 * What a TLB keeps of a descriptor. One that hardware may make dirty by itself is writable.
 *
 * @manual ARM DDI 0487 D8.4 (permissions), D8.5.2 (dirty state)
 */
export function tlbAttributes(p: Arm64Params, bits: number, huge: boolean): number {
  const leaf = huge ? VALID : VALID | TYPE_PAGE;
  if ((bits & leaf) !== leaf) return 0;
  let attributes = TLB_VALID;
  if ((bits & AF) !== 0) attributes |= TLB_YOUNG;
  if ((bits & UXN) === 0) attributes |= TLB_EXEC;
  if ((bits & USER) !== 0) attributes |= TLB_READ;
  const managed = p.hwAfDbm && (bits & WRITE) !== 0;
  if ((bits & USER) !== 0 && ((bits & RDONLY) === 0 || managed)) attributes |= TLB_WRITE;
  if ((bits & RDONLY) === 0) attributes |= TLB_DIRTY;
  return attributes;
}

/** Members of a block may differ in accessed and dirty state, and in what only software reads. */
export function contComparable(bits: number): number {
  const dirtyState = (bits & WRITE) === 0 ? 0 : RDONLY;
  return bits & ~(AF | SWBITS | dirtyState);
}
