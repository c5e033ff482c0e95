import { PAGE_KIND } from '@ptelab/folio';
import type { AddressSpace } from '../address-space.ts';
import type { HugePmd } from '../huge/huge-pmd.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { decideUffdWp } from './decide-wp.ts';

/*
 * What a fault at the PMD comes to. Nothing here changes state: the handler asks and acts, the
 * predictor only asks.
 */

/** First touch of an empty PMD: a huge mapping, or single entries. */
export type EmptyPmdFault = 'huge-new' | 'huge-zero' | 'single';

/** A fault on a huge mapping; `split` and the failing of `huge-zero-write` go on with single entries. */
export type HugePmdFault =
  | 'access-flags'
  | 'huge-reuse'
  | 'huge-zero-write'
  | 'migration'
  | 'numa-hint'
  | 'split'
  | 'uffd-resolve'
  | 'uffd-wait';

/**
 * What the first touch of an empty PMD maps, as long as there is memory. Write protection by userfaultfd
 * keeps folios of other sizes away (`alloc_anon_folio` asks `userfaultfd_armed`), but not huge pages.
 *
 * @kernel mm/huge_memory.c do_huge_pmd_anonymous_page
 */
export function decideEmptyPmd(
  mm: AddressSpace,
  vma: Vma,
  vpn: number,
  write: boolean,
): EmptyPmdFault {
  if (!vmaIsAnonymous(vma) || !mm.system.thp.pmdAllowed(vma, vpn)) return 'single';
  return write ? 'huge-new' : 'huge-zero';
}

/**
 * What a fault on a huge mapping does: an exclusive page becomes writable, a shared one is split and
 * copied page by page, the huge zero page gives way to a fresh one.
 *
 * @kernel mm/huge_memory.c do_huge_pmd_wp_page, huge_pmd_set_accessed
 */
export function decideHugePmdFault(
  mm: AddressSpace,
  vma: Vma,
  pmd: HugePmd,
  write: boolean,
): HugePmdFault {
  const { arch } = mm.system;
  const { entry } = pmd;
  if (!arch.ptePresent(entry.bits)) return 'migration';
  if (arch.pteProtnone(entry.bits)) return 'numa-hint';
  if (!write || arch.pteWrite(entry.bits)) return 'access-flags';
  const uffdWp = decideUffdWp(mm, vma, entry.bits);
  if (uffdWp !== 'none') return uffdWp === 'wait' ? 'uffd-wait' : 'uffd-resolve';
  return decideHugePmdWp(mm, pmd);
}

/** What becomes of the huge page of an entry without write permission. */
export function decideHugePmdWp(
  mm: AddressSpace,
  { entry }: HugePmd,
): 'huge-reuse' | 'huge-zero-write' | 'split' {
  const { arch, memmap } = mm.system;
  const head = arch.pmdPfn(entry);
  if (memmap.pageKind(head) === PAGE_KIND.HUGE_ZERO) return 'huge-zero-write';
  if (!memmap.isAnon(head)) return 'split';
  return memmap.anonExclusive(head) || memmap.folioRefcount(head) === 1 ? 'huge-reuse' : 'split';
}
