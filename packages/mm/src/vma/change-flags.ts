import type { AddressSpace } from '../address-space.ts';
import { vmaModify } from './modify.ts';
import { vmaSetPageProt } from './page-prot.ts';

/** Flags to set and to clear. */
export interface VmaFlagChange {
  readonly set: number;
  readonly clear: number;
  /** New userfaultfd context, 0 for none. @defaultValue the VMA's own */
  readonly uffd?: number;
}

/**
 * Changes flags of the VMAs in [start, end), splitting and merging them as needed, and renews their
 * page protection. Page tables stay as they are.
 *
 * @kernel mm/madvise.c madvise_update_vma, mm/mlock.c mlock_fixup, mm/userfaultfd.c userfaultfd_register_range
 */
export function changeVmaFlags(
  mm: AddressSpace,
  start: number,
  end: number,
  change: VmaFlagChange,
): void {
  for (const vma of mm.vmas.overlapping(start, end)) {
    const flags = (vma.flags & ~change.clear) | change.set;
    const uffd = change.uffd ?? vma.uffd;
    if (flags === vma.flags && uffd === vma.uffd) continue;
    const from = Math.max(start, vma.start);
    const result = vmaModify(mm, vma, from, Math.min(end, vma.end), { flags, uffd });
    if (result === 'ENOMEM') return;
    result.vma.flags = result.flags;
    result.vma.uffd = uffd;
    vmaSetPageProt(mm.system.arch, result.vma);
  }
}
