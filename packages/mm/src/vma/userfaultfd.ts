import type { AddressSpace } from '../address-space.ts';
import { VM_UFFD_MISSING, VM_UFFD_WP } from './flags.ts';
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

/**
 * True if moving pages of the VMA ends its registration: nobody asked to hear of it.
 *
 * @kernel include/linux/userfaultfd_k.h vma_has_uffd_without_event_remap
 */
export function vmaHasUffdWithoutEventRemap(mm: AddressSpace, vma: Vma): boolean {
  return vma.uffd !== 0 && mm.userfaultfds.get(vma.uffd)?.eventRemap !== true;
}

/**
 * Ends the registration of a VMA that mremap has moved, unless its monitor follows it.
 *
 * @kernel fs/userfaultfd.c mremap_userfaultfd_prep
 */
export function mremapUserfaultfdPrep(mm: AddressSpace, vma: Vma): void {
  if (!vmaHasUffdWithoutEventRemap(mm, vma)) return;
  vma.flags &= ~(VM_UFFD_WP | VM_UFFD_MISSING);
  vma.uffd = 0;
}

/**
 * Tells the monitor of a write to a protected page. The write waits until the monitor wakes it, and is
 * then tried again; only then its fault counts, as in the kernel.
 *
 * @kernel fs/userfaultfd.c handle_userfault (VM_UFFD_WP)
 */
export function handleUserfault(mm: AddressSpace, vma: Vma, vpn: number): 'userfaultfd' {
  mm.userfaultfdEvents.push({ uffd: vma.uffd, vpn });
  mm.events.faults--;
  return 'userfaultfd';
}

/**
 * Wakes all writes to pages [start, end): their events are answered.
 *
 * @kernel fs/userfaultfd.c wake_userfault
 */
export function wakeUserfault(mm: AddressSpace, start: number, end: number): void {
  const events = mm.userfaultfdEvents;
  for (let i = events.length - 1; i >= 0; i--) {
    const vpn = events[i]?.vpn ?? start;
    if (vpn >= start && vpn < end) events.splice(i, 1);
  }
}
