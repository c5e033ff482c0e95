import { MARKER_GUARD, MARKER_POISONED, MARKER_UFFD_WP, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { userfaultfdWp, type Vma } from '../vma/vma.ts';

/** What a fault on a marker comes to: a signal, an empty slot, or one to be filled write-protected. */
export type MarkerFault = 'SIGBUS' | 'SIGSEGV' | 'empty' | 'write-protected';

/**
 * Looks at the marker in entry `index`. A write-protect marker without userfaultfd is stale and goes.
 *
 * @kernel mm/memory.c handle_pte_marker
 */
export function handlePteMarker(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  marker: number,
): MarkerFault {
  if ((marker & MARKER_POISONED) !== 0) return 'SIGBUS';
  if ((marker & MARKER_GUARD) !== 0) return 'SIGSEGV';
  if ((marker & MARKER_UFFD_WP) !== 0 && userfaultfdWp(vma)) return 'write-protected';
  mm.system.arch.pteClear(mm, table, index);
  return 'empty';
}
