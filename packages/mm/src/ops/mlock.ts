import { VM_SHARED, VM_WRITE } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_LOCKED } from '../vma/flags.ts';
import { populateRange } from './populate.ts';

/**
 * `mlock` of pages [start, end): the VMAs are marked, and all pages brought in; writable private ones
 * by a write, so that they need not be copied later.
 *
 * @kernel mm/mlock.c do_mlock, mm/gup.c populate_vma_page_range
 */
export function mlock(mm: AddressSpace, start: number, end: number): void {
  changeVmaFlags(mm, start, end, { set: VM_LOCKED, clear: 0 });
  for (const vma of mm.vmas.overlapping(start, end)) {
    const write = (vma.flags & (VM_WRITE | VM_SHARED)) === VM_WRITE;
    populateRange(mm, Math.max(start, vma.start), Math.min(end, vma.end), write);
  }
}
