import { VM_SHARED, VM_WRITE, type Arch, type Pgprot } from '@ptelab/pte';
import { VM_PFNMAP } from './flags.ts';
import { userfaultfdWp, vmaSoftDirtyEnabled, type Vma } from './vma.ts';

function template(arch: Arch, vma: Vma, flags: number): Pgprot {
  return arch.vmGetPageProt(flags, { pkey: vma.pkey });
}

/**
 * True if a shared writable mapping must fault on the first write to each page.
 *
 * The third test is meant for drivers that customise the protection. It also answers false whenever
 * the protection at hand was made for other flags, as in mprotect, which asks before it updates it.
 *
 * @kernel mm/mmap.c vma_wants_writenotify (6.12 .. 7.3)
 */
export function vmaWantsWritenotify(arch: Arch, vma: Vma, pageProt: Pgprot): boolean {
  if ((vma.flags & (VM_WRITE | VM_SHARED)) !== (VM_WRITE | VM_SHARED)) return false;
  if (vma.file?.pageMkwrite === true) return true;
  if (pageProt !== template(arch, vma, vma.flags)) return false;
  if (vmaSoftDirtyEnabled(arch.softDirty, vma)) return true;
  if (userfaultfdWp(vma)) return true;
  return vma.file?.canWriteback === true && (vma.flags & VM_PFNMAP) === 0;
}

/**
 * Sets the template for new entries from the flags; write permission is left out where the first
 * write must be noticed.
 *
 * @kernel mm/mmap.c vma_set_page_prot
 */
export function vmaSetPageProt(arch: Arch, vma: Vma): void {
  let prot = template(arch, vma, vma.flags);
  if (vmaWantsWritenotify(arch, vma, prot)) prot = template(arch, vma, vma.flags & ~VM_SHARED);
  vma.pageProt = prot;
}

/**
 * True if a protection change may make single entries writable again.
 *
 * @kernel mm/internal.h vma_wants_manual_pte_write_upgrade
 */
export function vmaWantsManualPteWriteUpgrade(arch: Arch, vma: Vma): boolean {
  if ((vma.flags & VM_SHARED) !== 0) return vmaWantsWritenotify(arch, vma, vma.pageProt);
  return (vma.flags & VM_WRITE) !== 0;
}
