import { makePte, MARKER_UFFD_WP, PteTable, type Arch, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch, FPB_RESPECT_WRITE } from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { splitHugePmd } from '../huge/split.ts';
import { UnsupportedError } from '../unsupported.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { splitVmaBeyondLimit } from '../vma/modify.ts';
import { mremapUserfaultfdPrep, vmaHasUffdWithoutEventRemap } from '../vma/userfaultfd.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import { mergeNew } from './mmap.ts';
import { munmap } from './munmap.ts';

const moved: Pte = makePte();

/**
 * Entries that may move together: a contiguous block since 6.17, one otherwise. Other large folios
 * gain nothing from a batch here, so the page lookup is spared.
 *
 * @kernel mm/mremap.c mremap_folio_pte_batch
 */
function moveBatch(mm: AddressSpace, table: PteTable, index: number, maxNr: number): number {
  const { arch, memmap } = mm.system;
  if (!arch.features.mremapBatches || maxNr === 1) return 1;
  if (arch.pteBatchHint(index, moved.bits) === 1) return 1;
  const page = vmNormalPage(mm, moved);
  if (page === NO_PAGE || memmap.folioOrder(page) === 0) return 1;
  const flags = arch.features.mremapRespectsWrite ? FPB_RESPECT_WRITE : 0;
  return folioPteBatch(mm, table, index, moved, maxNr, flags);
}

/**
 * The new place counts as written, also for a page that is elsewhere (`move_soft_dirty_pte`). Where
 * userfaultfd does not follow, its bit goes, and its marker is nothing.
 *
 * @returns false if nothing is left to move.
 */
function moveNonPresent(arch: Arch, pte: Pte, clearUffdWp: boolean): boolean {
  const entry = arch.decodeNonPresent(pte);
  if (clearUffdWp && entry.kind === 'marker' && (entry.offset & MARKER_UFFD_WP) !== 0) {
    return false;
  }
  const uffdWp = entry.uffdWp && !clearUffdWp;
  arch.encodeNonPresent({ ...entry, uffdWp, softDirty: arch.softDirty }, pte);
  return true;
}

/** A present entry as it stands at its new place. */
function movedBits(arch: Arch, bits: number, clearUffdWp: boolean): number {
  const dirty = arch.pteMksoftDirty(bits);
  return clearUffdWp ? arch.pteClearUffdWp(dirty) : dirty;
}

/**
 * Moves the entries of one stretch that lies in one table on both sides.
 *
 * @param clearUffdWp - write-protection by userfaultfd ends with the move (since 6.13 and in 6.12
 * stable, 0cef0bb836e3).
 * @kernel mm/mremap.c move_ptes
 */
function movePtes(
  mm: AddressSpace,
  from: PteTable,
  start: number,
  to: PteTable,
  target: number,
  nrPages: number,
  clearUffdWp: boolean,
): boolean {
  const { arch } = mm.system;
  let any = false;
  for (let done = 0; done < nrPages;) {
    const index = start + done;
    arch.ptepGet(mm, from, index, moved);
    if (arch.pteNone(moved)) {
      done++;
      continue;
    }
    const present = arch.ptePresent(moved.bits);
    if (present) any = true;
    const nr = present ? moveBatch(mm, from, index, nrPages - done) : 1;
    arch.getAndClearFullPtes(mm, from, index, nr, moved);
    if (present) moved.bits = movedBits(arch, moved.bits, clearUffdWp);
    if (present || moveNonPresent(arch, moved, clearUffdWp)) {
      arch.setPtes(mm, to, target + done, moved, nr);
    } else arch.pteClear(mm, to, target + done);
    done += nr;
  }
  return any;
}

function movePageTables(
  mm: AddressSpace,
  vma: Vma,
  from: number,
  to: number,
  nrPages: number,
): void {
  const clearUffdWp = vmaHasUffdWithoutEventRemap(mm, vma);
  let flush = false;
  for (let done = 0; done < nrPages;) {
    const old = from + done;
    const target = to + done;
    const left = nrPages - done;
    const room = mm.pmdPages - Math.max(old % mm.pmdPages, target % mm.pmdPages);
    const nr = Math.min(left, room);
    const pmd = mm.pmd(old);
    if (pmd instanceof HugePmd) splitHugePmd(mm, pmd);
    const table = mm.pmd(old);
    if (table instanceof PteTable) {
      const into = mm.allocTable(target);
      const index = target - into.base;
      if (movePtes(mm, table, old - table.base, into, index, nr, clearUffdWp)) flush = true;
    }
    done += nr;
  }
  if (flush) mm.system.arch.flushTlbRange(mm, { start: from, end: from + nrPages, stride: 1 });
}

/**
 * The VMA of `nr` pages from `start` on, at its new place. Anonymous memory without pages takes that
 * place as its origin; with pages it keeps the old one. A userfaultfd that does not follow is gone.
 *
 * @kernel mm/vma.c copy_vma, fs/userfaultfd.c mremap_userfaultfd_prep
 */
export function copyVma(
  mm: AddressSpace,
  vma: Vma,
  start: number,
  nr: number,
  target: number,
): Vma {
  const copy = vma.cloneRange(start, start + nr);
  copy.start = target;
  copy.end = target + nr;
  if (vmaIsAnonymous(vma) && vma.anonVma === null) copy.pgoff = target;
  mremapUserfaultfdPrep(mm, copy);
  return copy;
}

/**
 * `mremap` with MREMAP_MAYMOVE and MREMAP_FIXED and an unchanged size: entries move, pages stay.
 *
 * Whole tables are moved entry by entry too; the kernel may move a whole PMD at once, with the same
 * result but for contiguous blocks, which then stay folded.
 *
 * @throws UnsupportedError if the range is not part of one VMA, or both ends are PMD aligned.
 * @throws RangeError if the two places overlap, which the kernel refuses with EINVAL.
 * @kernel mm/mremap.c move_vma, move_page_tables
 */
export function mremapFixed(mm: AddressSpace, start: number, nr: number, target: number): void {
  const vma = mm.vmas.lookup(start);
  if (vma === undefined || vma.end < start + nr) {
    throw new UnsupportedError('mremap of more than one VMA');
  }
  if (start % mm.pmdPages === 0 && target % mm.pmdPages === 0 && nr >= mm.pmdPages) {
    throw new UnsupportedError('mremap of whole page tables');
  }
  if (start < target + nr && target < start + nr) {
    throw new RangeError('the old and the new place of a mapping overlap');
  }
  munmap(mm, target, target + nr);
  // What gave way may have been a part of the same VMA.
  const source = mm.vmas.lookup(start) ?? vma;
  if (source.start < start) splitVmaBeyondLimit(mm, source, start);
  const own = mm.vmas.lookup(start) ?? source;
  if (own.end > start + nr) splitVmaBeyondLimit(mm, own, start + nr);
  const copy = copyVma(mm, own, start, nr, target);
  // Whether it continues a neighbour is asked while a userfaultfd still watches it, which none there does.
  const watched = own.uffd !== copy.uffd;
  if (watched || !mergeNew(mm, copy)) mm.vmas.insert(copy);
  movePageTables(mm, own, start, target, nr);
  munmap(mm, start, start + nr);
}
