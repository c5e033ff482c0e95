import type { NonPresentEntry, SwapTypes } from '../non-present.ts';
import type { Pte } from '../table.ts';

/*
 * Swap-like entries of x86-64: type in bits 63:59, the complement of the 50-bit offset in 58:9, so
 * that an empty offset points at no cacheable memory (L1TF).
 * Kernel: arch/x86/include/asm/pgtable_64.h __swp_entry.
 */

const SOFT_DIRTY = 1 << 1;
const UFFD_WP = 1 << 2;
const EXCLUSIVE = 1 << 3;
const TYPE_SHIFT = 27; // raw bit 59
const LOW_SHIFT = 9;
const LOW_VALUES = 8; // offset bits 2:0 sit at raw 11:9
const HIGH_SHIFT = 12; // offset bits 49:35 sit at raw 58:44
const HIGH_MASK = 0x7fff;
const WORD = 2 ** 32;

export function decodeNonPresent(types: SwapTypes, pte: Readonly<Pte>): NonPresentEntry {
  const type = pte.bits >>> TYPE_SHIFT;
  const low = (~pte.bits >>> LOW_SHIFT) & (LOW_VALUES - 1);
  const middle = ~pte.pfn >>> 0;
  const high = (~pte.bits >>> HIGH_SHIFT) & HIGH_MASK;
  return {
    kind: types.kindOf(type),
    type,
    offset: (high * WORD + middle) * LOW_VALUES + low,
    softDirty: (pte.bits & SOFT_DIRTY) !== 0,
    uffdWp: (pte.bits & UFFD_WP) !== 0,
    exclusive: (pte.bits & EXCLUSIVE) !== 0,
  };
}

export function encodeNonPresent(types: SwapTypes, entry: NonPresentEntry, out: Pte): void {
  const type = entry.kind === 'swap' ? entry.type : types.typeOf(entry.kind);
  const low = entry.offset % LOW_VALUES;
  const above = Math.floor(entry.offset / LOW_VALUES);
  const high = Math.floor(above / WORD) & HIGH_MASK;
  out.pfn = ~((above % WORD) | 0);
  out.bits =
    (type << TYPE_SHIFT) |
    ((~high & HIGH_MASK) << HIGH_SHIFT) |
    ((~low & (LOW_VALUES - 1)) << LOW_SHIFT) |
    (entry.exclusive ? EXCLUSIVE : 0) |
    (entry.uffdWp ? UFFD_WP : 0) |
    (entry.softDirty ? SOFT_DIRTY : 0);
}
