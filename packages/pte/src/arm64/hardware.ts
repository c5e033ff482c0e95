import type { AccessKind, HardwareAccess } from '../arch.ts';
import type { PteTable } from '../table.ts';
import { wordAt } from '../word.ts';
import {
  ARM64_PTE_AF as AF,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_TYPE_PAGE as TYPE_PAGE,
  ARM64_PTE_USER as USER,
  ARM64_PTE_UXN as UXN,
  ARM64_PTE_VALID as VALID,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';
import type { Arm64Params } from './params.ts';

/**
 * An EL0 access to the page of entry `index`, with an empty TLB.
 *
 * With FEAT_HAFDBS the CPU sets the access flag, and a store to a writable-clean entry clears
 * RDONLY. It updates the descriptor it walked, also inside a contiguous block.
 *
 * @manual ARM DDI 0487 D8.5.1 (hardware management of the access flag), D8.5.2 (dirty state)
 */
export function hardwareAccess(
  p: Arm64Params,
  table: PteTable,
  index: number,
  kind: AccessKind,
): HardwareAccess {
  const bits = wordAt(table.bits, index);
  if ((bits & (VALID | TYPE_PAGE)) !== (VALID | TYPE_PAGE)) return 'translation';
  if ((bits & AF) === 0 && !p.hwAfDbm) return 'access-flag';
  if (kind === 'exec') {
    if ((bits & UXN) !== 0) return 'permission';
  } else if ((bits & USER) === 0) return 'permission';
  let updated = bits | AF;
  if (kind === 'write' && (bits & RDONLY) !== 0) {
    if ((bits & WRITE) === 0 || !p.hwAfDbm) return 'permission';
    updated &= ~RDONLY;
  }
  table.bits[index] = updated;
  return 'ok';
}
