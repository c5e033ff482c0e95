import { folioTryDupAnonRmapPmd, PAGE_KIND } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { folioNeedsCowForDma } from './copy-present.ts';

/** The migration entry of a huge page is shared like one of a single page. */
function copyHugeMigration(
  parent: AddressSpace,
  child: AddressSpace,
  { base, entry }: HugePmd,
): void {
  const { arch } = parent.system;
  const shared = { ...arch.decodeNonPresent(entry), kind: 'migration-read' } as const;
  arch.encodeNonPresent(shared, entry);
  const copy = makePte();
  arch.encodeNonPresent({ ...shared, uffdWp: false }, copy);
  child.setPmd(base, new HugePmd(base, copy));
}

/**
 * Copies a huge mapping to the child. A pinned one is split instead, and its pages are copied one by one.
 *
 * @kernel mm/huge_memory.c copy_huge_pmd
 */
export function copyHugePmd(
  parent: AddressSpace,
  child: AddressSpace,
  vma: Vma,
  pmd: HugePmd,
): void {
  const { arch, memmap } = parent.system;
  if (!vmaIsAnonymous(vma)) return; // file mappings fault in again
  if (!arch.ptePresent(pmd.entry.bits)) {
    copyHugeMigration(parent, child, pmd);
    return;
  }
  const head = arch.pmdPfn(pmd.entry);
  if (memmap.pageKind(head) !== PAGE_KIND.HUGE_ZERO) {
    if (!folioTryDupAnonRmapPmd(memmap, child.id, head, folioNeedsCowForDma(parent, head))) {
      splitHugePmd(parent, pmd);
      return;
    }
    memmap.folioRefAdd(head, 1);
  }
  pmd.entry.bits = arch.pteWrprotect(pmd.entry.bits);
  const bits = arch.pteClearUffdWp(arch.pteMkold(pmd.entry.bits));
  const entry = { pfn: pmd.entry.pfn, bits };
  child.setPmd(pmd.base, new HugePmd(pmd.base, entry));
}
