import { FOLIO_FLAG, folioRemoveRmapPtes } from '@ptelab/folio';
import { makePte, type Arch, type Pte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { newAnonFolio } from '../new-anon-folio.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { handleUserfault } from '../vma/userfaultfd.ts';
import { anonVmaPrepare } from '../vma/anon-vma.ts';
import { munlockVmaFolio } from '../vma/mlock-vma-folio.ts';
import { maybeMkwrite } from '../vma/maybe-mkwrite.ts';
import { userfaultfdWp, type Vma } from '../vma/vma.ts';
import { decideUffdWp, decideWpFault, wpDrainsLru } from './decide-wp.ts';
import type { FaultResult } from './fault-result.ts';

/** Makes the entry young, dirty and writable in place (`wp_page_reuse`). */
function wpPageReuse(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  original: Readonly<Pte>,
): void {
  const { arch } = mm.system;
  const bits = maybeMkwrite(mm, vma, arch.pteMkdirty(arch.pteMkyoung(original.bits)));
  arch.ptepSetAccessFlags(mm, table, index, { pfn: original.pfn, bits }, true);
}

function unsharedBits(arch: Arch, bits: number, old: number): number {
  const kept = arch.pteSoftDirty(old) ? arch.pteMksoftDirty(bits) : bits;
  return arch.pteUffdWp(old) ? arch.pteMkuffdWp(kept) : kept;
}

function unmapOld(mm: AddressSpace, vpn: number, pfn: number): void {
  const { memmap } = mm.system;
  munlockVmaFolio(mm, vpn, pfn);
  folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
  memmap.folioPut(pfn, 1);
}

/**
 * Maps a fresh single page in place of the old one (`wp_page_copy`).
 *
 * Gives up if the entry is not what the fault read, and lets the access fault again. That happens
 * without any race on arm64: clearing a userfaultfd marker just before has unfolded the block, and
 * the entry no longer has the contiguous bit that was read.
 *
 * @param unshare - no write: the entry stays read-only and keeps soft-dirty and userfaultfd's marker.
 */
function wpPageCopy(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  original: Readonly<Pte>,
  oldPage: number,
  unshare: boolean,
): 'ok' | 'SIGBUS' {
  const { arch, memmap, allocator } = mm.system;
  anonVmaPrepare(mm, vma);
  const pfn = allocator.alloc(0);
  if (pfn === null) return 'SIGBUS';
  const entry = makePte();
  arch.ptepGet(mm, table, index, entry);
  if (!arch.pteSame(entry, original)) return 'ok';
  arch.ptepClearFlush(mm, table, index, entry);
  arch.pfnPte(pfn, vma.pageProt, entry);
  entry.bits = arch.pteMkyoung(entry.bits);
  entry.bits = unshare
    ? unsharedBits(arch, entry.bits, original.bits)
    : maybeMkwrite(mm, vma, arch.pteMkdirty(entry.bits));
  newAnonFolio(mm, vma, pfn, 0);
  if (oldPage !== NO_PAGE) memmap.setContent(pfn, memmap.content(oldPage));
  arch.setPtes(mm, table, index, entry, 1);
  if (oldPage !== NO_PAGE) unmapOld(mm, table.base + index, oldPage);
  return 'ok';
}

/**
 * A write to a shared page: the file system is told if it wants to know, then the entry becomes
 * writable. After its answer the entry must still be what the fault read.
 *
 * @kernel mm/memory.c wp_page_shared, finish_mkwrite_fault
 */
function wpPageShared(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  original: Readonly<Pte>,
  page: number,
  notify: boolean,
): void {
  const { arch, memmap } = mm.system;
  if (notify) {
    const current = makePte();
    arch.ptepGet(mm, table, index, current);
    if (!arch.pteSame(current, original)) return;
    // ext4 gives the page buffers (ext4_page_mkwrite).
    if (page !== NO_PAGE) memmap.folioSet(page, FOLIO_FLAG.PRIVATE, true);
  }
  wpPageReuse(mm, vma, table, index, original);
  if (page !== NO_PAGE) memmap.setFolioDirty(page, true);
}

/**
 * A write to a present entry without write permission: keeps the page if it is exclusive to this
 * address space, copies it otherwise. Also where no write is meant, but a page that is exclusive
 * (`unshare`, FAULT_FLAG_UNSHARE): the entry then stays read-only.
 *
 * @param original - what the fault read; userfaultfd markers that the kernel resolves are cleared in it.
 *
 * @kernel mm/memory.c do_wp_page
 */
export function doWpPage(
  mm: AddressSpace,
  vma: Vma,
  table: PteTable,
  index: number,
  original: Pte,
  unshare = false,
): FaultResult {
  const { arch, memmap, lru } = mm.system;
  const uffdWp = unshare ? 'none' : decideUffdWp(mm, vma, original.bits);
  if (uffdWp === 'wait') return handleUserfault(mm, vma, table.base + index);
  if (uffdWp === 'resolve') {
    original.bits = arch.pteClearUffdWp(original.bits);
    arch.setPtes(mm, table, index, original, 1);
  }
  if (!unshare && userfaultfdWp(vma) && mm.tlbFlushPending > 0) {
    // Write protection through userfaultfd may have put its flush off: not beyond a copy.
    const vpn = table.base + index;
    arch.flushTlbRange(mm, { start: vpn, end: vpn + 1, stride: 1 });
  }
  const page = vmNormalPage(mm, original);
  const decision = decideWpFault(mm, vma, page);
  if (wpDrainsLru(mm, vma, page)) lru.drain();
  switch (decision) {
    case 'copy':
      return wpPageCopy(mm, vma, table, index, original, page, unshare);
    case 'reuse':
      memmap.setAnonExclusive(page, 1, true);
      if (!unshare) wpPageReuse(mm, vma, table, index, original);
      return 'ok';
    case 'shared-notify':
    case 'shared-reuse':
      wpPageShared(mm, vma, table, index, original, page, decision === 'shared-notify');
      return 'ok';
  }
}
