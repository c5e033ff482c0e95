import type { Pgprot } from '../arch.ts';
import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from '../vm-flags.ts';
import {
  X86_PTE_ACCESSED as ACCESSED,
  X86_PTE_GLOBAL as GLOBAL,
  X86_PTE_NX as NX,
  X86_PTE_PRESENT as PRESENT,
  X86_PTE_RW as RW,
  X86_PTE_USER as USER,
} from './bits.ts';

const READONLY_EXEC = PRESENT | USER | ACCESSED;

/**
 * User page protections of x86-64. A private writable mapping gets READONLY: write permission is
 * added page by page.
 *
 * @kernel arch/x86/include/asm/pgtable_types.h PAGE_NONE .. PAGE_SHARED_EXEC
 */
export const X86_PROT: Readonly<
  Record<'NONE' | 'READONLY' | 'READONLY_EXEC' | 'SHARED' | 'SHARED_EXEC', Pgprot>
> = {
  NONE: ACCESSED | GLOBAL,
  READONLY: READONLY_EXEC | NX,
  READONLY_EXEC,
  SHARED: READONLY_EXEC | NX | RW,
  SHARED_EXEC: READONLY_EXEC | RW,
};

/**
 * Protection of a mapping, by the four protection-map flags.
 *
 * @kernel arch/x86/mm/pgprot.c protection_map, vm_get_page_prot
 */
export function x86PageProt(vmFlags: number): Pgprot {
  const writeShared = (vmFlags & (VM_WRITE | VM_SHARED)) === (VM_WRITE | VM_SHARED);
  if ((vmFlags & VM_EXEC) !== 0) return writeShared ? X86_PROT.SHARED_EXEC : X86_PROT.READONLY_EXEC;
  if (writeShared) return X86_PROT.SHARED;
  return (vmFlags & (VM_READ | VM_WRITE)) !== 0 ? X86_PROT.READONLY : X86_PROT.NONE;
}
