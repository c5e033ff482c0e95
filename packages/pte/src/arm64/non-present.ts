import type { NonPresentEntry, SwapTypes } from '../non-present.ts';
import type { Pte } from '../table.ts';

/*
 * Swap-like entries of arm64 from 6.11: type in bits 10:6, offset in 61:12, exclusive and uffd
 * markers in bits 2 and 3. Bit 11 must stay 0, or the entry would read as present-invalid.
 * Kernel: arch/arm64/include/asm/pgtable.h __SWP_*.
 */

const EXCLUSIVE = 1 << 2;
const UFFD_WP = 1 << 3;
const TYPE_SHIFT = 6;
const TYPE_MASK = 0x1f;
const OFFSET_HIGH_SHIFT = 12;
const OFFSET_HIGH_MASK = 0x3ffff;

export function decodeNonPresent(types: SwapTypes, pte: Readonly<Pte>): NonPresentEntry {
  const type = (pte.bits >>> TYPE_SHIFT) & TYPE_MASK;
  const high = (pte.bits >>> OFFSET_HIGH_SHIFT) & OFFSET_HIGH_MASK;
  return {
    kind: types.kindOf(type),
    type,
    offset: high * 2 ** 32 + (pte.pfn >>> 0),
    softDirty: false,
    uffdWp: (pte.bits & UFFD_WP) !== 0,
    exclusive: (pte.bits & EXCLUSIVE) !== 0,
  };
}

export function encodeNonPresent(types: SwapTypes, entry: NonPresentEntry, out: Pte): void {
  const type = entry.kind === 'swap' ? entry.type : types.typeOf(entry.kind);
  const high = Math.floor(entry.offset / 2 ** 32) & OFFSET_HIGH_MASK;
  out.pfn = (entry.offset % 2 ** 32) | 0;
  out.bits =
    (high << OFFSET_HIGH_SHIFT) |
    (type << TYPE_SHIFT) |
    (entry.uffdWp ? UFFD_WP : 0) |
    (entry.exclusive ? EXCLUSIVE : 0);
}
