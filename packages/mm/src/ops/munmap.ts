import type { AddressSpace } from '../address-space.ts';
import { releaseFile } from '../file/release.ts';
import { MmuGather } from '../mmu-gather.ts';
import { splitVmaBeyondLimit } from '../vma/modify.ts';
import type { VmFile } from '../vma/vma.ts';
import { zapRange } from './zap.ts';

/**
 * Frees the leaf tables of [start, end) in whose reach nothing is mapped any more.
 *
 * @kernel mm/memory.c free_pgtables
 */
function freePgtables(mm: AddressSpace, start: number, end: number): void {
  for (let base = mm.pmdBase(start); base < end; base += mm.pmdPages) {
    const mapped = mm.vmas.overlapping(base, base + mm.pmdPages).length > 0;
    if (!mapped && mm.leaf(base) !== undefined) mm.setPmd(base, undefined);
  }
}

/**
 * Unmaps pages [start, end): VMAs are split at the ends, entries taken away, pages dropped. At the
 * limit of VMAs only a hole in the middle of one is refused, which would leave one more.
 *
 * @returns EINVAL for an empty range, ENOMEM at the limit.
 * @kernel mm/vma.c do_vmi_munmap
 */
export function munmap(mm: AddressSpace, start: number, end: number): 'ok' | 'EINVAL' | 'ENOMEM' {
  if (end <= start) return 'EINVAL';
  const around = mm.vmas.lookup(start);
  const makesHole = around !== undefined && around.start < start && end < around.end;
  if (makesHole && mm.vmas.all.length >= mm.system.maxMapCount) return 'ENOMEM';
  for (const at of [start, end]) {
    const vma = mm.vmas.lookup(at);
    if (vma !== undefined && vma.start < at) splitVmaBeyondLimit(mm, vma, at);
  }
  const gather = new MmuGather(mm);
  const files = new Set<VmFile | null>();
  for (const vma of mm.vmas.overlapping(start, end)) {
    files.add(vma.file);
    zapRange(mm, gather, vma.start, vma.end, true);
    gather.endVma();
    mm.vmas.remove(vma);
  }
  gather.finish();
  freePgtables(mm, start, end);
  for (const file of files) releaseFile(mm.system, file);
  return 'ok';
}
