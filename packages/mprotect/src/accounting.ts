import {
  VM_ACCOUNT,
  VM_GROWSDOWN,
  VM_NORESERVE,
  vmaIsAnonymous,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { VM_SHARED, VM_WRITE } from '@ptelab/pte';

/** Private, writable and not a stack: what RLIMIT_DATA counts. */
function isDataMapping(flags: number): boolean {
  return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) === VM_WRITE;
}

function countPages(mm: AddressSpace, counts: (vma: Vma) => boolean): number {
  return mm.vmas.all.reduce((sum, vma) => (counts(vma) ? sum + vma.end - vma.start : sum), 0);
}

/** True if making `nr` pages of `vma` data exceeds the data limit. */
function exceedsDataLimit(mm: AddressSpace, vma: Vma, newFlags: number, nr: number): boolean {
  if (!isDataMapping(newFlags) || isDataMapping(vma.flags)) return false;
  return countPages(mm, (other) => isDataMapping(other.flags)) + nr > mm.limits.data;
}

/**
 * Commit accounting of a protection change: private memory is charged when it first becomes
 * writable, and given back if it never held a page.
 *
 * @returns the flags with VM_ACCOUNT as it will be, or the error.
 * @kernel mm/mprotect.c mprotect_fixup (accounting part)
 */
export function accountProtection(
  mm: AddressSpace,
  vma: Vma,
  newFlags: number,
  nr: number,
): number | 'ENOMEM' {
  if ((newFlags & VM_WRITE) !== 0) {
    if (exceedsDataLimit(mm, vma, newFlags, nr)) return 'ENOMEM';
    const exempt = VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE;
    if ((vma.flags & exempt) !== 0) return newFlags;
    const charged = countPages(mm, (other) => (other.flags & VM_ACCOUNT) !== 0);
    return charged + nr > mm.limits.charge ? 'ENOMEM' : newFlags | VM_ACCOUNT;
  }
  const neverUsed = (vma.flags & VM_ACCOUNT) !== 0 && vmaIsAnonymous(vma) && vma.anonVma === null;
  return neverUsed ? newFlags & ~VM_ACCOUNT : newFlags;
}
