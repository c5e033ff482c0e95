import type { Arch } from '@ptelab/pte';

/*
 * What a caller of changeProtection wants beyond the VMA's new protection.
 * Kernel: include/linux/mm.h MM_CP_*.
 */

/** Entries may be made writable where that is safe, sparing the write fault. */
export const MM_CP_TRY_CHANGE_WRITABLE = 1;
/** The NUMA scanner takes all access away, to see who faults. */
export const MM_CP_PROT_NUMA = 2;
/** userfaultfd write-protects the range. */
export const MM_CP_UFFD_WP = 4;
/** userfaultfd takes its write-protection away. */
export const MM_CP_UFFD_WP_RESOLVE = 8;

/** Applies what userfaultfd asks to the bits of a present entry, of a page or a huge page. */
export function applyUffd(arch: Arch, cpFlags: number, bits: number): number {
  if ((cpFlags & MM_CP_UFFD_WP) !== 0) return arch.pteMkuffdWp(bits);
  if ((cpFlags & MM_CP_UFFD_WP_RESOLVE) !== 0) return arch.pteClearUffdWp(bits);
  return bits;
}
