import { VM_EXEC, VM_READ, VM_WRITE, type AccessKind } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { VM_ACCESS_FLAGS } from '../vma/flags.ts';
import type { Vma } from '../vma/vma.ts';

/**
 * True if the VMA allows the access. Writable or executable memory may also be read.
 *
 * @kernel arch/x86/mm/fault.c access_error; arch/arm64/mm/fault.c do_page_fault
 */
export function accessAllowed(mm: AddressSpace, vma: Vma, kind: AccessKind): boolean {
  if (kind === 'write') return (vma.flags & VM_WRITE) !== 0;
  if (kind === 'exec') return (vma.flags & VM_EXEC) !== 0;
  const executeOnly = (vma.flags & VM_ACCESS_FLAGS) === VM_EXEC;
  if (executeOnly && (vma.pkey !== 0 || !readsExecuteOnly(mm))) return false;
  return (vma.flags & (VM_READ | VM_WRITE | VM_EXEC)) !== 0;
}

/** False where the page protection of PROT_EXEC alone keeps user reads out (arm64 EPAN). */
function readsExecuteOnly(mm: AddressSpace): boolean {
  const { arch } = mm.system;
  return arch.vmGetPageProt(VM_EXEC) === arch.vmGetPageProt(VM_EXEC | VM_READ);
}
