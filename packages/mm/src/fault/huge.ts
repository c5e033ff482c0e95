import { folioAddNewAnonRmapPmd, PAGE_KIND } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import { UnsupportedError } from '../unsupported.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import { userfaultfdWp, vmaIsAnonymous, vmaWritable, type Vma } from '../vma/vma.ts';

/** Maps the shared huge zero page, read-only. */
function mapHugeZeroPage(mm: AddressSpace, vma: Vma, vpn: number): void {
  const { arch, hugeZeroPfn } = mm.system;
  const entry = makePte();
  arch.pfnPmd(hugeZeroPfn, vma.pageProt, entry);
  if (arch.features.hugeZeroSpecial) entry.bits = arch.pteMkspecial(entry.bits);
  const base = mm.pmdBase(vpn);
  mm.setPmd(base, new HugePmd(base, entry));
}

/**
 * First touch of an empty PMD: maps a huge page if the policy and the VMA allow it. Returns false to
 * fall back to single entries.
 *
 * @kernel mm/huge_memory.c do_huge_pmd_anonymous_page
 */
export function doHugePmdAnonymousPage(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
): boolean {
  const { arch, memmap, allocator, thp } = mm.system;
  if (!vmaIsAnonymous(vma) || vma.uffd !== 0 || !thp.pmdAllowed(vma, vpn)) return false;
  if (!write) {
    mapHugeZeroPage(mm, vma, vpn);
    return true;
  }
  anonVmaPrepare(mm, vma);
  const head = allocator.alloc(thp.pmdOrder);
  if (head === null) return false;
  memmap.initFolio(head, thp.pmdOrder, PAGE_KIND.ANON);
  folioAddNewAnonRmapPmd(memmap, mm.id, head);
  const entry = makePte();
  arch.pfnPmd(head, vma.pageProt, entry);
  if (vmaWritable(vma)) entry.bits = arch.pteMkwrite(arch.pteMkdirty(entry.bits));
  const base = mm.pmdBase(vpn);
  mm.setPmd(base, new HugePmd(base, entry));
  return true;
}

/**
 * A write to a huge page without write permission: an exclusive one becomes writable, a shared one
 * is split and copied page by page. The huge zero page gives way to a fresh huge page. Returns false
 * after a split: the same fault goes on with single entries.
 *
 * @kernel mm/huge_memory.c do_huge_pmd_wp_page
 */
export function doHugePmdWpPage(mm: AddressSpace, vma: Vma, pmd: HugePmd): boolean {
  const { arch, memmap } = mm.system;
  if (userfaultfdWp(vma) && arch.pteUffdWp(pmd.entry.bits)) {
    throw new UnsupportedError('a write to a huge page that userfaultfd write-protects');
  }
  const head = arch.pmdPfn(pmd.entry);
  if (memmap.pageKind(head) === PAGE_KIND.HUGE_ZERO) {
    mm.setPmd(pmd.base, undefined);
    arch.flushPmdTlbRange(mm, pmd.base);
    if (doHugePmdAnonymousPage(mm, vma, pmd.base, true)) return true;
    mm.setPmd(pmd.base, pmd);
    splitHugePmd(mm, pmd);
    return false;
  }
  const reusable =
    memmap.isAnon(head) && (memmap.anonExclusive(head) || memmap.folioRefcount(head) === 1);
  if (!reusable) {
    splitHugePmd(mm, pmd);
    return false;
  }
  memmap.setAnonExclusive(head, 1, true);
  const bits = arch.pteMkdirty(arch.pteMkyoung(pmd.entry.bits));
  arch.pmdpSetAccessFlags(mm, pmd.base, pmd.entry, maybeMkwrite(mm, vma, bits), true);
  return true;
}
