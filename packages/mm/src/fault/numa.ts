import { makePte, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { HugePmd } from '../huge/huge-pmd.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { vmaWantsManualPteWriteUpgrade } from '../vma/page-prot.ts';
import type { Vma } from '../vma/vma.ts';
import { canChangePmdWritable, canChangePteWritable } from '../writable.ts';

const restored: Pte = makePte();
const old: Pte = makePte();

/** Writes to `out` the entry as the VMA's protection has it; true if it may be writable. */
function restoredEntry(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  pte: Readonly<Pte>,
  upgrade: boolean,
  out: Pte,
): boolean {
  const { arch } = mm.system;
  arch.pteModify(pte, vma.pageProt, out);
  return arch.pteWrite(out.bits) || (upgrade && canChangePteWritable(mm, vma, vpn, out));
}

/**
 * Gives one entry its protection back.
 *
 * @kernel mm/memory.c numa_rebuild_single_mapping
 */
function numaRebuildSingleMapping(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  writable: boolean,
): void {
  const { arch } = mm.system;
  arch.modifyProtStart(mm, table, index, 1, old);
  arch.pteModify(old, vma.pageProt, restored);
  restored.bits = arch.pteMkyoung(restored.bits);
  if (writable) restored.bits = arch.pteMkwrite(restored.bits);
  arch.modifyProtCommit(mm, table, index, old, restored, 1);
}

/**
 * Gives all entries of a large folio their protection back that have a hint, lie in this VMA and
 * table and where the folio's pages would lie if it is mapped in order.
 *
 * @kernel mm/memory.c numa_rebuild_large_mapping
 */
function numaRebuildLargeMapping(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  page: number,
  upgrade: boolean,
): void {
  const { arch, memmap } = mm.system;
  const head = memmap.folioHead(page);
  const first = index - (page - head);
  const start = Math.max(first, 0, vma.start - table.base);
  const end = Math.min(first + memmap.folioNrPages(head), table.length, vma.end - table.base);
  const pte = makePte();
  for (let i = start; i < end; i++) {
    arch.ptepGet(mm, table, i, pte);
    if (!arch.ptePresent(pte.bits) || !arch.pteProtnone(pte.bits)) continue;
    if (memmap.folioHead(arch.ptePfn(pte)) !== head) continue;
    const writable = restoredEntry(mm, vma, table.base + i, pte, upgrade, restored);
    numaRebuildSingleMapping(mm, vma, table, i, writable);
  }
}

/**
 * A fault on an entry that the NUMA scanner took the access to: gives it back, and write permission
 * with it where that is safe.
 *
 * Moving the folio to the node that touched it is not modelled: it stays where it is, as it does in
 * the kernel when balancing finds it well placed.
 *
 * @kernel mm/memory.c do_numa_page (6.12 .. 7.3)
 */
export function doNumaPage(mm: AddressSpace, vma: Vma, table: PteTable, index: number): void {
  const { arch, memmap } = mm.system;
  const upgrade = vmaWantsManualPteWriteUpgrade(arch, vma);
  arch.ptepGet(mm, table, index, old);
  const writable = restoredEntry(mm, vma, table.base + index, old, upgrade, restored);
  const page = vmNormalPage(mm, restored);
  if (page !== NO_PAGE && memmap.folioOrder(page) > 0) {
    numaRebuildLargeMapping(mm, vma, table, index, page, upgrade);
  } else {
    numaRebuildSingleMapping(mm, vma, table, index, writable);
  }
}

/**
 * The same for a huge mapping.
 *
 * @kernel mm/huge_memory.c do_huge_pmd_numa_page (6.12 .. 7.3)
 */
export function doHugePmdNumaPage(mm: AddressSpace, vma: Vma, pmd: HugePmd): void {
  const { arch } = mm.system;
  arch.pmdModify(pmd.entry, arch.pmdProt(vma.pageProt), restored);
  const writable =
    arch.pteWrite(restored.bits) ||
    (vmaWantsManualPteWriteUpgrade(arch, vma) && canChangePmdWritable(mm, vma, pmd, restored.bits));
  const bits = arch.pteMkyoung(restored.bits);
  pmd.entry.pfn = restored.pfn;
  pmd.entry.bits = writable ? arch.pteMkwrite(bits) : bits;
}
