import type { AddressSpace } from '../address-space.ts';
import { userfaultfdWp, vmaIsAnonymous, type Vma } from './vma.ts';

/**
 * True if write-protection of the VMA leaves markers in empty slots.
 *
 * @kernel include/linux/userfaultfd_k.h userfaultfd_wp_use_markers
 */
export function userfaultfdWpUseMarkers(mm: AddressSpace, vma: Vma): boolean {
  if (!userfaultfdWp(vma)) return false;
  return !vmaIsAnonymous(vma) || mm.userfaultfds.get(vma.uffd)?.wpUnpopulated === true;
}

/** True if the kernel itself resolves writes to protected pages of the VMA. */
export function userfaultfdWpAsync(mm: AddressSpace, vma: Vma): boolean {
  return userfaultfdWp(vma) && mm.userfaultfds.get(vma.uffd)?.wpAsync === true;
}
