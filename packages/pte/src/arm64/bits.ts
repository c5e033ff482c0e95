import { bitMask } from '../word.ts';

/**
 * Bits of an arm64 stage-1 level-3 descriptor, as masks of the bits word.
 *
 * @manual ARM DDI 0487 D8.3 (descriptor formats); software bits: arch/arm64/include/asm/pgtable-prot.h
 */

/** Bit 0: the hardware walks the entry. */
export const ARM64_PTE_VALID: number = bitMask(0);
/** Bit 1: must be 1 beside VALID for a level-3 page. */
export const ARM64_PTE_TYPE_PAGE: number = bitMask(1);
/** Bits 4:2: memory attribute index. */
export const ARM64_PTE_ATTR: number = bitMask(2) | bitMask(3) | bitMask(4);
/** Bit 6, AP[1]: EL0 may access. */
export const ARM64_PTE_USER: number = bitMask(6);
/** Bit 7, AP[2]: no write, unless DBM lets hardware clear it. */
export const ARM64_PTE_RDONLY: number = bitMask(7);
/** Bits 9:8: shareability; output address bits 51:50 with LPA2. */
export const ARM64_PTE_SH: number = bitMask(8) | bitMask(9);
/** Bit 10: access flag (young). */
export const ARM64_PTE_AF: number = bitMask(10);
/** Bit 11: non-global; PRESENT_INVALID while VALID is 0 (6.11 on). */
export const ARM64_PTE_NG: number = bitMask(11);
/** Bit 50: guarded page (BTI). */
export const ARM64_PTE_GP: number = bitMask(50);
/** Bit 51, DBM: the kernel's "writable" bit; hardware dirty management where the CPU has it. */
export const ARM64_PTE_WRITE: number = bitMask(51);
/** Bit 52: contiguous hint. */
export const ARM64_PTE_CONT: number = bitMask(52);
/** Bit 53: privileged execute never. */
export const ARM64_PTE_PXN: number = bitMask(53);
/** Bit 54: unprivileged execute never. */
export const ARM64_PTE_UXN: number = bitMask(54);
/** Bit 55: software dirty. */
export const ARM64_PTE_DIRTY: number = bitMask(55);
/** Bit 56: software special. */
export const ARM64_PTE_SPECIAL: number = bitMask(56);
/** Bit 58: userfaultfd marker. */
export const ARM64_PTE_UFFD_WP: number = bitMask(58);
/** Bits 62:60: permission overlay index (protection key). */
export const ARM64_PTE_POI: number = bitMask(60) | bitMask(61) | bitMask(62);
/** Bits that only software reads: 63 and 58:55. */
export const ARM64_PTE_SWBITS: number =
  bitMask(63) | bitMask(58) | bitMask(57) | bitMask(56) | bitMask(55);
