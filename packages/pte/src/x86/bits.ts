import { bitMask } from '../word.ts';

/**
 * Bits of an x86-64 page-table entry, as masks of the bits word.
 *
 * @manual Intel SDM Vol 3A 4.5 (4-level paging); software bits: arch/x86/include/asm/pgtable_types.h
 */

/** Bit 0: present for hardware. */
export const X86_PTE_PRESENT: number = bitMask(0);
/** Bit 1: writable. */
export const X86_PTE_RW: number = bitMask(1);
/** Bit 2: user access. */
export const X86_PTE_USER: number = bitMask(2);
/** Bit 3: write-through. */
export const X86_PTE_PWT: number = bitMask(3);
/** Bit 4: cache disable. */
export const X86_PTE_PCD: number = bitMask(4);
/** Bit 5: accessed. */
export const X86_PTE_ACCESSED: number = bitMask(5);
/** Bit 6: dirty. */
export const X86_PTE_DIRTY: number = bitMask(6);
/** Bit 7: PAT in a 4K entry, page size in a huge one. */
export const X86_PTE_PSE: number = bitMask(7);
/** Bit 8: global; PROT_NONE while PRESENT is 0. */
export const X86_PTE_GLOBAL: number = bitMask(8);
/** Bit 9, software: special. */
export const X86_PTE_SPECIAL: number = bitMask(9);
/** Bit 10, software: userfaultfd marker. */
export const X86_PTE_UFFD_WP: number = bitMask(10);
/** Bit 11, software: soft-dirty. */
export const X86_PTE_SOFT_DIRTY: number = bitMask(11);
/** Bits 51:44 of the page frame, the part that lies in the bits word. */
export const X86_PTE_PFN_HIGH: number = 0xff << 12;
/** Bit 57, software: DEVMAP from 6.6 to 6.16. */
export const X86_PTE_SOFTW4: number = bitMask(57);
/** Bit 58, software: dirty of an entry that is not writable. */
export const X86_PTE_SAVED_DIRTY: number = bitMask(58);
/** Bits 62:59: protection key. */
export const X86_PTE_PKEY: number = bitMask(59) | bitMask(60) | bitMask(61) | bitMask(62);
/** Bit 63: no execution. */
export const X86_PTE_NX: number = bitMask(63);
