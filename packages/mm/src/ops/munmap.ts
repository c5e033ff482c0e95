import type { AddressSpace } from '../address-space.ts';
import { MmuGather } from '../mmu-gather.ts';
import { splitVma } from '../vma/modify.ts';
import { zapRange } from './zap.ts';

/**
 * Unmaps pages [start, end): VMAs are split at the ends, entries taken away, pages dropped.
 *
 * @kernel mm/vma.c do_vmi_munmap
 */
export function munmap(mm: AddressSpace, start: number, end: number): 'ok' | 'EINVAL' | 'ENOMEM' {
  if (end <= start) return 'EINVAL';
  for (const at of [start, end]) {
    const vma = mm.vmas.lookup(at);
    if (vma !== undefined && vma.start < at && splitVma(mm, vma, at) === 'ENOMEM') return 'ENOMEM';
  }
  const gather = new MmuGather(mm);
  for (const vma of mm.vmas.overlapping(start, end)) {
    zapRange(mm, gather, vma.start, vma.end);
    gather.endVma();
    mm.vmas.remove(vma);
  }
  gather.finish();
  return 'ok';
}
