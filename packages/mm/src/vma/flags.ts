/*
 * VMA flags beyond the four of the protection map. The values are the kernel's where they fit 31
 * bits; the model never stores them.
 * Kernel: include/linux/mm.h VM_*.
 */

/** READ, WRITE, EXEC or SHARED may be turned on later: the same bit, four places up. */
export const VM_MAYREAD = 0x10;
/** See {@link VM_MAYREAD}. */
export const VM_MAYWRITE = 0x20;
/** See {@link VM_MAYREAD}. */
export const VM_MAYEXEC = 0x40;
/** See {@link VM_MAYREAD}. */
export const VM_MAYSHARE = 0x80;
/** Grows downwards (stack). */
export const VM_GROWSDOWN = 0x100;
/** userfaultfd watches missing pages. */
export const VM_UFFD_MISSING = 0x200;
/** Page frames without struct page. */
export const VM_PFNMAP = 0x400;
/** There may be guard regions (MADV_GUARD_INSTALL). */
export const VM_MAYBE_GUARD = 0x800;
/** userfaultfd write-protects pages. */
export const VM_UFFD_WP = 0x1000;
/** Pages are kept in memory (mlock). */
export const VM_LOCKED = 0x2000;
/** Sealed: no change of protection. In the kernel beyond 31 bits; this is the place of VM_IO, which nothing here has. */
export const VM_SEALED = 0x4000;
/** Not copied on fork. */
export const VM_DONTCOPY = 0x20000;
/** Charged against the commit limit. */
export const VM_ACCOUNT = 0x100000;
/** Not charged, whatever happens. */
export const VM_NORESERVE = 0x200000;
/** KSM may merge pages. */
export const VM_MERGEABLE = 0x1000000;
/** The whole VMA counts as soft-dirty: no tracking is needed. */
export const VM_SOFTDIRTY = 0x8000000;
/** Frames with and without struct page. */
export const VM_MIXEDMAP = 0x10000000;
/** MADV_HUGEPAGE. */
export const VM_HUGEPAGE = 0x20000000;
/** MADV_NOHUGEPAGE. */
export const VM_NOHUGEPAGE = 0x40000000;

/** The three permissions that mprotect sets. */
export const VM_ACCESS_FLAGS = 0x7;
/**
 * Flags that may differ between VMAs that merge.
 *
 * @kernel include/linux/mm.h VM_IGNORE_MERGE; before 6.18 stable VM_SOFTDIRTY alone
 */
export const VM_IGNORE_MERGE: number = VM_SOFTDIRTY | VM_MAYBE_GUARD;
/** Flags of a VMA that can't be merged. */
export const VM_SPECIAL: number = VM_PFNMAP | VM_MIXEDMAP;
