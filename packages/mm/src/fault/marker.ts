import { MARKER_GUARD, MARKER_POISONED, MARKER_UFFD_WP, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { userfaultfdWp, type Vma } from '../vma/vma.ts';

/** What a fault on a marker comes to: a signal, an empty slot, or one to be filled write-protected. */
export type MarkerFault = 'SIGBUS' | 'SIGSEGV' | 'empty' | 'write-protected';

/**
 * What a marker does to a fault. `empty`: a write-protect marker without userfaultfd is stale and goes.
 *
 * @kernel mm/memory.c handle_pte_marker
 */
export function decideMarkerFault(vma: Vma, marker: number): MarkerFault {
  if ((marker & MARKER_POISONED) !== 0) return 'SIGBUS';
  if ((marker & MARKER_GUARD) !== 0) return 'SIGSEGV';
  return (marker & MARKER_UFFD_WP) !== 0 && userfaultfdWp(vma) ? 'write-protected' : 'empty';
}

/** Looks at the marker in entry `index`, and takes a stale one away. */
export function handlePteMarker(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  marker: number,
): MarkerFault {
  const decision = decideMarkerFault(vma, marker);
  if (decision === 'empty') mm.system.arch.pteClear(mm, table, index);
  return decision;
}
