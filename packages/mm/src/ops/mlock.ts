import { VM_SHARED, VM_WRITE, makePte, PteTable, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { folioPteBatch } from '../folio-pte-batch.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { NO_PAGE, vmNormalPage } from '../vm-normal-page.ts';
import { changeVmaFlags } from '../vma/change-flags.ts';
import { VM_ACCESS_FLAGS, VM_LOCKED } from '../vma/flags.ts';
import { populateRange } from './populate.ts';

const pte: Pte = makePte();

/**
 * Locks the folio behind entry `index`: a large one only as a whole, which a batch of all its entries
 * shows. Returns the entries that were looked at.
 *
 * @kernel mm/mlock.c folio_mlock_step, allow_mlock_munlock
 */
function mlockEntry(mm: AddressSpace, table: PteTable, index: number, end: number): number {
  const { arch, lru, memmap } = mm.system;
  arch.ptepGet(mm, table, index, pte);
  const page = arch.ptePresent(pte.bits) ? vmNormalPage(mm, pte) : NO_PAGE;
  if (page === NO_PAGE) return 1;
  const nr = memmap.folioNrPages(page);
  const step = nr > 1 ? folioPteBatch(mm, table, index, pte, end - index, 0) : 1;
  if (step === nr) lru.mlock(memmap.folioHead(page), false);
  return step;
}

/** Locks what is there already (`mlock_vma_pages_range`). */
function mlockPages(mm: AddressSpace, start: number, end: number): void {
  const { arch, lru, memmap } = mm.system;
  lru.drain();
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    const pmd = mm.pmd(vpn);
    if (pmd instanceof HugePmd) {
      const head = arch.pmdPfn(pmd.entry);
      const there = arch.ptePresent(pmd.entry.bits) && head !== mm.system.hugeZeroPfn;
      if (there) lru.mlock(memmap.folioHead(head), false);
    } else if (pmd instanceof PteTable) {
      const last = next - pmd.base;
      for (let index = vpn - pmd.base; index < last;) index += mlockEntry(mm, pmd, index, last);
    }
    vpn = next;
  }
  lru.drain();
}

/** First page of [start, end) that is not mapped; `end` if all are. */
function mappedEnd(mm: AddressSpace, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const vma = mm.vmas.lookup(at);
    if (vma === undefined) return at;
    at = Math.min(end, vma.end);
  }
  return at;
}

/**
 * `mlock` of pages [start, end): the VMAs are marked, and all pages brought in; writable private ones
 * by a write, so that they need not be copied later. Up to a hole VMAs are marked and nothing is brought in;
 * up to memory without any permission pages are.
 *
 * @kernel mm/mlock.c do_mlock, apply_vma_lock_flags, mlock_pte_range; mm/gup.c __mm_populate
 */
export function mlock(mm: AddressSpace, start: number, end: number): void {
  const last = mappedEnd(mm, start, end);
  for (const vma of mm.vmas.overlapping(start, last)) {
    if ((vma.flags & VM_LOCKED) !== 0) continue;
    const from = Math.max(start, vma.start);
    const to = Math.min(last, vma.end);
    changeVmaFlags(mm, from, to, { set: VM_LOCKED, clear: 0 });
    mlockPages(mm, from, to);
  }
  if (last < end) return;
  for (const vma of mm.vmas.overlapping(start, end)) {
    if ((vma.flags & VM_ACCESS_FLAGS) === 0) return;
    const write = (vma.flags & (VM_WRITE | VM_SHARED)) === VM_WRITE;
    const range = [Math.max(start, vma.start), Math.min(end, vma.end)] as const;
    if (populateRange(mm, ...range, write) !== 'ok') return;
  }
}
