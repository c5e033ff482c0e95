import { FOLIO_FLAG } from '@ptelab/folio';
import { makePte, PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { VM_PFNMAP, VM_SOFTDIRTY } from '../vma/flags.ts';
import { vmaSetPageProt } from '../vma/page-prot.ts';
import { isCowMapping, type Vma } from '../vma/vma.ts';

const pte: Pte = makePte();

/** Visits every entry and huge mapping of an address space, memory without pages left out. */
function walkPages(
  mm: AddressSpace,
  onEntry: (vma: Vma, table: PteTable, index: number) => void,
  onHuge: (pmd: HugePmd) => void,
): void {
  for (const vma of mm.vmas.all) {
    if ((vma.flags & VM_PFNMAP) !== 0) continue;
    for (let vpn = vma.start; vpn < vma.end;) {
      const next = mm.pmdAddrEnd(vpn, vma.end);
      const pmd = mm.pmd(vpn);
      if (pmd instanceof HugePmd) onHuge(pmd);
      if (pmd instanceof PteTable) {
        for (let i = vpn - pmd.base; i < next - pmd.base; i++) onEntry(vma, pmd, i);
      }
      vpn = next;
    }
  }
}

/**
 * A page that DMA may write through this mapping must stay writable.
 *
 * @kernel fs/proc/task_mmu.c pte_is_pinned
 */
function pteIsPinned(mm: AddressSpace, vma: Vma, entry: Readonly<Pte>): boolean {
  const { arch, memmap } = mm.system;
  if (!arch.pteWrite(entry.bits) || !isCowMapping(vma.flags) || !mm.hasPinned) return false;
  const page = vmNormalPage(mm, entry);
  return page !== NO_PAGE && memmap.folioMaybePinned(page);
}

/**
 * Takes write permission and the soft-dirty bit away, so that the next write is noticed. Accessed and
 * dirty stay.
 *
 * @kernel fs/proc/task_mmu.c clear_soft_dirty
 */
function clearSoftDirty(mm: AddressSpace, vma: Vma, table: PteTable, index: number): void {
  const { arch } = mm.system;
  arch.ptepGet(mm, table, index, pte);
  if (arch.pteNone(pte)) return;
  if (!arch.ptePresent(pte.bits)) {
    const entry = arch.decodeNonPresent(pte);
    arch.encodeNonPresent({ ...entry, softDirty: false }, pte);
    arch.setPtes(mm, table, index, pte, 1);
    return;
  }
  if (pteIsPinned(mm, vma, pte)) return;
  const old = makePte();
  arch.modifyProtStart(mm, table, index, 1, old);
  const cleared = arch.pteClearSoftDirty(arch.pteWrprotect(old.bits));
  arch.modifyProtCommit(mm, table, index, old, { pfn: old.pfn, bits: cleared }, 1);
}

/** As {@link clearSoftDirty}, for a huge page or the migration entry of one. */
function clearSoftDirtyPmd(mm: AddressSpace, { entry }: HugePmd): void {
  const { arch } = mm.system;
  if (arch.ptePresent(entry.bits)) {
    entry.bits = arch.pteClearSoftDirty(arch.pteWrprotect(entry.bits));
  } else arch.encodeNonPresent({ ...arch.decodeNonPresent(entry), softDirty: false }, entry);
}

/** Soft-dirty tracking starts for every VMA: from now on its pages say what was written. */
export function clearVmaSoftDirty(mm: AddressSpace): void {
  for (const vma of mm.vmas.all) {
    if ((vma.flags & VM_SOFTDIRTY) === 0) continue;
    vma.flags &= ~VM_SOFTDIRTY;
    vmaSetPageProt(mm.system.arch, vma);
  }
}

/**
 * `echo 4 > /proc/PID/clear_refs`: starts soft-dirty tracking afresh. Nothing happens where entries
 * have no soft-dirty bit.
 *
 * @kernel fs/proc/task_mmu.c clear_refs_write (CLEAR_REFS_SOFT_DIRTY)
 */
export function clearRefsSoftDirty(mm: AddressSpace): void {
  const { arch } = mm.system;
  if (!arch.softDirty) return;
  clearVmaSoftDirty(mm);
  walkPages(
    mm,
    (vma, table, index) => {
      clearSoftDirty(mm, vma, table, index);
    },
    (pmd) => {
      clearSoftDirtyPmd(mm, pmd);
    },
  );
  arch.flushTlbMm(mm);
}

/**
 * `echo 1 > /proc/PID/clear_refs`: makes all pages old. No flush: a CPU that still has a translation
 * does not notice.
 *
 * @kernel fs/proc/task_mmu.c clear_refs_pte_range (CLEAR_REFS_ALL)
 */
export function clearRefsReferenced(mm: AddressSpace): void {
  const { arch, memmap } = mm.system;
  walkPages(
    mm,
    (_, table, index) => {
      arch.ptepGet(mm, table, index, pte);
      const page = arch.ptePresent(pte.bits) ? vmNormalPage(mm, pte) : NO_PAGE;
      if (page === NO_PAGE) return;
      arch.testAndClearYoungPtes(mm, table, index, 1);
      memmap.folioSet(page, FOLIO_FLAG.REFERENCED, false);
    },
    ({ entry }) => {
      if (!arch.ptePresent(entry.bits)) return;
      entry.bits = arch.pteMkold(entry.bits);
      memmap.folioSet(arch.pmdPfn(entry), FOLIO_FLAG.REFERENCED, false);
    },
  );
}
