/**
 * Bits of an x86-64 page-table entry, as masks of the bits word.
 *
 * @manual Intel SDM Vol 3A 4.5 (4-level paging); software bits: arch/x86/include/asm/pgtable_types.h
 */

/** Bit 0: present for hardware. */
export const X86_PTE_PRESENT: number = 1 << 0;
/** Bit 1: writable. */
export const X86_PTE_RW: number = 1 << 1;
/** Bit 2: user access. */
export const X86_PTE_USER: number = 1 << 2;
/** Bit 3: write-through. */
export const X86_PTE_PWT: number = 1 << 3;
/** Bit 4: cache disable. */
export const X86_PTE_PCD: number = 1 << 4;
/** Bit 5: accessed. */
export const X86_PTE_ACCESSED: number = 1 << 5;
/** Bit 6: dirty. */
export const X86_PTE_DIRTY: number = 1 << 6;
/** Bit 7: PAT in a 4K entry, page size in a huge one. */
export const X86_PTE_PSE: number = 1 << 7;
/** Bit 8: global; PROT_NONE while PRESENT is 0. */
export const X86_PTE_GLOBAL: number = 1 << 8;
/** Bit 9, software: special. */
export const X86_PTE_SPECIAL: number = 1 << 9;
/** Bit 10, software: userfaultfd marker. */
export const X86_PTE_UFFD_WP: number = 1 << 10;
/** Bit 11, software: soft-dirty. */
export const X86_PTE_SOFT_DIRTY: number = 1 << 11;
/** Bits 51:44 of the page frame, the part that lies in the bits word. */
export const X86_PTE_PFN_HIGH: number = 0xff << 12;
/** Bit 57, software: DEVMAP from 6.6 to 6.16. */
export const X86_PTE_SOFTW4: number = 1 << (57 - 32);
/** Bit 58, software: dirty of an entry that is not writable. */
export const X86_PTE_SAVED_DIRTY: number = 1 << (58 - 32);
/** Bits 62:59: protection key. */
export const X86_PTE_PKEY: number =
  (1 << (59 - 32)) | (1 << (60 - 32)) | (1 << (61 - 32)) | (1 << (62 - 32));
/** Bit 63: no execution. */
export const X86_PTE_NX: number = 1 << (63 - 32);
