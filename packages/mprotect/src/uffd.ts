import {
  changeVmaFlags,
  MmuGather,
  userfaultfdWp,
  VM_UFFD_WP,
  vmaWantsManualPteWriteUpgrade,
  wakeUserfault,
  type AddressSpace,
  type Vma,
} from '@ptelab/mm';
import { changeProtection } from './change-protection.ts';
import { MM_CP_TRY_CHANGE_WRITABLE, MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from './cp-flags.ts';
import type { Strategy } from './strategy.ts';

/**
 * Write-protects [start, end) of one VMA for userfaultfd, or lifts the protection.
 *
 * @kernel mm/userfaultfd.c uffd_wp_range
 */
function uffdWpRange(
  mm: AddressSpace,
  vma: Vma,
  start: number,
  end: number,
  enable: boolean,
  strategy: Strategy,
): void {
  let cpFlags = enable ? MM_CP_UFFD_WP : MM_CP_UFFD_WP_RESOLVE;
  if (!enable && vmaWantsManualPteWriteUpgrade(mm.system.arch, vma)) {
    cpFlags |= MM_CP_TRY_CHANGE_WRITABLE;
  }
  const gather = new MmuGather(mm);
  changeProtection({ mm, vma, gather, newprot: vma.pageProt, cpFlags }, start, end, strategy);
  gather.endVma();
  gather.finish();
}

/** Registers pages [start, end) with userfaultfd `id` for write-protection (UFFDIO_REGISTER). */
export function uffdRegisterWp(mm: AddressSpace, start: number, end: number, id: number): void {
  changeVmaFlags(mm, start, end, { set: VM_UFFD_WP, clear: 0, uffd: id });
}

/**
 * Takes the registration of pages [start, end) back, lifts their protection and wakes writes that wait
 * (UFFDIO_UNREGISTER).
 */
export function uffdUnregister(
  mm: AddressSpace,
  start: number,
  end: number,
  strategy: Strategy,
): void {
  for (const vma of mm.vmas.overlapping(start, end)) {
    if (!userfaultfdWp(vma)) continue;
    const from = Math.max(start, vma.start);
    uffdWpRange(mm, vma, from, Math.min(end, vma.end), false, strategy);
  }
  changeVmaFlags(mm, start, end, { set: 0, clear: VM_UFFD_WP, uffd: 0 });
  wakeUserfault(mm, start, end);
}

/**
 * Write-protects pages [start, end), or lifts the protection and wakes writes that wait for that
 * (UFFDIO_WRITEPROTECT). The walk is that of mprotect.
 *
 * @returns `ENOENT` at the first VMA that is not registered; those before it stay changed.
 * @kernel mm/userfaultfd.c mwriteprotect_range
 */
export function uffdWriteprotect(
  mm: AddressSpace,
  start: number,
  end: number,
  enable: boolean,
  strategy: Strategy,
): 'ok' | 'ENOENT' {
  const vmas = mm.vmas.overlapping(start, end);
  if (vmas.length === 0) return 'ENOENT';
  for (const vma of vmas) {
    if (!userfaultfdWp(vma)) return 'ENOENT';
    const from = Math.max(start, vma.start);
    uffdWpRange(mm, vma, from, Math.min(end, vma.end), enable, strategy);
  }
  if (!enable) wakeUserfault(mm, start, end);
  return 'ok';
}
