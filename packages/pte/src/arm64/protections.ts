import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from '../vm-flags.ts';
import type { Pgprot } from '../arch.ts';
import {
  ARM64_PTE_AF as AF,
  ARM64_PTE_NG as NG,
  ARM64_PTE_PXN as PXN,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_SH as SH,
  ARM64_PTE_TYPE_PAGE as TYPE_PAGE,
  ARM64_PTE_USER as USER,
  ARM64_PTE_UXN as UXN,
  ARM64_PTE_VALID as VALID,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';

const DEFAULT = TYPE_PAGE | VALID | AF | SH;
const READONLY = DEFAULT | USER | RDONLY | NG | PXN | UXN;
const READONLY_EXEC = DEFAULT | USER | RDONLY | NG | PXN;

/**
 * User page protections of the 4K, 16K and 64K granules.
 *
 * SHARED is "writable, clean": WRITE (DBM) together with RDONLY.
 *
 * @kernel arch/arm64/include/asm/pgtable-prot.h _PAGE_NONE .. _PAGE_GCS_RO (6.11 on: PRESENT_INVALID form of NONE)
 */
export const ARM64_PROT: Readonly<
  Record<
    | 'NONE'
    | 'READONLY'
    | 'READONLY_EXEC'
    | 'EXECONLY'
    | 'SHARED'
    | 'SHARED_EXEC'
    | 'GCS'
    | 'GCS_RO',
    Pgprot
  >
> = {
  NONE: (DEFAULT & ~VALID) | RDONLY | NG | PXN | UXN,
  READONLY,
  READONLY_EXEC,
  EXECONLY: DEFAULT | RDONLY | NG | PXN,
  SHARED: READONLY | WRITE,
  SHARED_EXEC: READONLY_EXEC | WRITE,
  GCS: DEFAULT | USER | NG | UXN | WRITE,
  GCS_RO: DEFAULT | USER | NG | UXN,
};

/**
 * Protection of a mapping, by the four protection-map flags.
 *
 * @param epan - the CPU and kernel support execute-only mappings.
 * @kernel arch/arm64/mm/mmap.c protection_map, vm_get_page_prot
 */
export function arm64PageProt(vmFlags: number, epan: boolean): Pgprot {
  const shared = (vmFlags & VM_SHARED) !== 0;
  const write = (vmFlags & VM_WRITE) !== 0;
  if ((vmFlags & VM_EXEC) !== 0) {
    if (write && shared) return ARM64_PROT.SHARED_EXEC;
    const readable = write || (vmFlags & VM_READ) !== 0;
    return readable || !epan ? ARM64_PROT.READONLY_EXEC : ARM64_PROT.EXECONLY;
  }
  if (write) return shared ? ARM64_PROT.SHARED : ARM64_PROT.READONLY;
  return (vmFlags & VM_READ) !== 0 ? ARM64_PROT.READONLY : ARM64_PROT.NONE;
}
