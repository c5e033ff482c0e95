import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import { newAnonHugeFolio } from '../new-anon-folio.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import { handleUserfault } from '../vma/userfaultfd.ts';
import type { Vma } from '../vma/vma.ts';
import type { FaultWait } from './fault-result.ts';
import { decideEmptyPmd, decideHugePmdFault, decideHugePmdWp } from './decide-huge.ts';
import { doHugePmdNumaPage } from './numa.ts';

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
  const decision = decideEmptyPmd(mm, vma, vpn, write);
  if (decision === 'single') return false;
  if (decision === 'huge-zero') {
    mapHugeZeroPage(mm, vma, vpn);
    return true;
  }
  return mapNewHugePage(mm, vma, vpn);
}

/** Maps a fresh huge page; false without memory. */
function mapNewHugePage(mm: AddressSpace, vma: Vma, vpn: number): boolean {
  const { arch, allocator, thp } = mm.system;
  anonVmaPrepare(mm, vma);
  const head = allocator.alloc(thp.pmdOrder);
  if (head === null) return false;
  newAnonHugeFolio(mm, vma, head);
  const entry = makePte();
  arch.pfnPmd(head, vma.pageProt, entry);
  entry.bits = maybeMkwrite(mm, vma, arch.pteMkdirty(entry.bits));
  const base = mm.pmdBase(vpn);
  mm.setPmd(base, new HugePmd(base, entry));
  return true;
}

/**
 * The huge zero page gives way to a fresh huge page, whatever sizes are allowed now; without memory it is
 * split.
 *
 * @kernel mm/huge_memory.c do_huge_zero_wp_pmd
 */
function replaceHugeZero(mm: AddressSpace, vma: Vma, pmd: HugePmd): 'ok' | 'split' {
  mm.setPmd(pmd.base, undefined);
  mm.system.arch.flushPmdTlbRange(mm, pmd.base);
  if (mapNewHugePage(mm, vma, pmd.base)) return 'ok';
  mm.setPmd(pmd.base, pmd);
  splitHugePmd(mm, pmd);
  return 'split';
}

/**
 * Makes the huge page of an entry without write permission exclusive, or splits it. The huge zero page
 * gives way to a fresh one.
 *
 * @param unshare - no write: an exclusive page is all that is asked for.
 * @kernel mm/huge_memory.c do_huge_pmd_wp_page, do_huge_zero_wp_pmd
 */
export function doHugePmdWpPage(
  mm: AddressSpace,
  vma: Vma,
  pmd: HugePmd,
  unshare: boolean,
): 'ok' | 'split' {
  const { arch, memmap } = mm.system;
  switch (decideHugePmdWp(mm, pmd)) {
    case 'huge-zero-write':
      return replaceHugeZero(mm, vma, pmd);
    case 'split':
      splitHugePmd(mm, pmd);
      return 'split';
    case 'huge-reuse': {
      memmap.setAnonExclusive(arch.pmdPfn(pmd.entry), 1, true);
      if (unshare) return 'ok';
      const bits = arch.pteMkdirty(arch.pteMkyoung(pmd.entry.bits));
      arch.pmdpSetAccessFlags(mm, pmd.base, pmd.entry, maybeMkwrite(mm, vma, bits), true);
      return 'ok';
    }
  }
}

/**
 * A fault on a huge page. After a split the same fault goes on with single entries.
 *
 * @kernel mm/memory.c __handle_mm_fault, wp_huge_pmd
 */
export function handleHugePmd(
  mm: AddressSpace,
  vma: Vma,
  pmd: HugePmd,
  vpn: number,
  write: boolean,
): 'ok' | 'split' | FaultWait {
  const { arch } = mm.system;
  switch (decideHugePmdFault(mm, vma, pmd, write)) {
    case 'migration':
      return 'migration';
    case 'uffd-wait':
      return handleUserfault(mm, vma, vpn);
    case 'uffd-resolve':
      splitHugePmd(mm, pmd);
      return 'split';
    case 'numa-hint':
      doHugePmdNumaPage(mm, vma, pmd);
      return 'ok';
    case 'huge-zero-write':
    case 'split':
    case 'huge-reuse':
      return doHugePmdWpPage(mm, vma, pmd, false);
    case 'access-flags': {
      const young = arch.pteMkyoung(pmd.entry.bits);
      const bits = write ? arch.pteMkdirty(young) : young;
      arch.pmdpSetAccessFlags(mm, pmd.base, pmd.entry, bits, write);
      return 'ok';
    }
  }
}
