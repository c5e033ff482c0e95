import {
  MmuGather,
  VM_ACCESS_FLAGS,
  VM_MIXEDMAP,
  VM_PFNMAP,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { changeProtection } from './change-protection.ts';
import { MM_CP_PROT_NUMA } from './cp-flags.ts';
import type { Strategy } from './strategy.ts';

/**
 * True if the scanner visits the VMA. It spares memory that nobody may touch, device memory, and
 * file mappings that can only be read: those are mostly shared libraries.
 *
 * @kernel kernel/sched/fair.c task_numa_work, include/linux/mempolicy.h vma_migratable
 */
function vmaScanned(vma: Vma): boolean {
  if ((vma.flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0) return false;
  if ((vma.flags & VM_ACCESS_FLAGS) === 0) return false;
  return vma.file === null || (vma.flags & (VM_READ | VM_WRITE)) !== VM_READ;
}

/**
 * One pass of the NUMA scanner over pages [start, end): takes the access to them away, so that the
 * next touch faults and tells which node the page is wanted on. The walk is that of mprotect.
 *
 * Only the pass itself is modelled, not when it happens or how far it gets. Whether balancing is
 * switched on plays no part, as in the kernel, which then never calls this.
 *
 * @returns the pages that have a hint now and had none before, as the kernel counts them.
 * @kernel mm/mempolicy.c change_prot_numa (6.12 .. 7.3)
 */
export function changeProtNuma(
  mm: AddressSpace,
  start: number,
  end: number,
  strategy: Strategy,
): number {
  const newprot = mm.system.arch.vmGetPageProt(0);
  let pages = 0;
  for (const vma of mm.vmas.overlapping(start, end)) {
    if (!vmaScanned(vma)) continue;
    const gather = new MmuGather(mm);
    const change = { mm, vma, gather, newprot, cpFlags: MM_CP_PROT_NUMA };
    const from = Math.max(start, vma.start);
    pages += changeProtection(change, from, Math.min(end, vma.end), strategy);
    gather.endVma();
    gather.finish();
  }
  return pages;
}
