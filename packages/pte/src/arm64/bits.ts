/**
 * Bits of an arm64 stage-1 level-3 descriptor, as masks of the bits word.
 *
 * @manual ARM DDI 0487 D8.3 (descriptor formats); software bits: arch/arm64/include/asm/pgtable-prot.h
 */

/** Bit 0: the hardware walks the entry. */
export const ARM64_PTE_VALID: number = 1 << 0;
/** Bit 1: must be 1 beside VALID for a level-3 page. */
export const ARM64_PTE_TYPE_PAGE: number = 1 << 1;
/** Bits 4:2: memory attribute index. */
export const ARM64_PTE_ATTR: number = (1 << 2) | (1 << 3) | (1 << 4);
/** Bit 6, AP[1]: EL0 may access. */
export const ARM64_PTE_USER: number = 1 << 6;
/** Bit 7, AP[2]: no write, unless DBM lets hardware clear it. */
export const ARM64_PTE_RDONLY: number = 1 << 7;
/** Bits 9:8: shareability; output address bits 51:50 with LPA2. */
export const ARM64_PTE_SH: number = (1 << 8) | (1 << 9);
/** Bit 10: access flag (young). */
export const ARM64_PTE_AF: number = 1 << 10;
/** Bit 11: non-global; PRESENT_INVALID while VALID is 0 (6.11 on). */
export const ARM64_PTE_NG: number = 1 << 11;
/** Bit 50: guarded page (BTI). */
export const ARM64_PTE_GP: number = 1 << (50 - 32);
/** Bit 51, DBM: the kernel's "writable" bit; hardware dirty management where the CPU has it. */
export const ARM64_PTE_WRITE: number = 1 << (51 - 32);
/** Bit 52: contiguous hint. */
export const ARM64_PTE_CONT: number = 1 << (52 - 32);
/** Bit 53: privileged execute never. */
export const ARM64_PTE_PXN: number = 1 << (53 - 32);
/** Bit 54: unprivileged execute never. */
export const ARM64_PTE_UXN: number = 1 << (54 - 32);
/** Bit 55: software dirty. */
export const ARM64_PTE_DIRTY: number = 1 << (55 - 32);
/** Bit 56: software special. */
export const ARM64_PTE_SPECIAL: number = 1 << (56 - 32);
/** Bit 58: userfaultfd marker. */
export const ARM64_PTE_UFFD_WP: number = 1 << (58 - 32);
/** Bits 62:60: permission overlay index (protection key). */
export const ARM64_PTE_POI: number = (1 << (60 - 32)) | (1 << (61 - 32)) | (1 << (62 - 32));
/** Bits that only software reads: 63 and 58:55. */
export const ARM64_PTE_SWBITS: number =
  (1 << (63 - 32)) | (1 << (58 - 32)) | (1 << (57 - 32)) | (1 << (56 - 32)) | (1 << (55 - 32));
