import { folioRemoveRmapPtes } from '@ptelab/folio';
import { makePte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { MmuGather } from '../mmu-gather.ts';
import { exclusivelyMapped, forEachAdvisedBatch } from '../ops/madvise-range.ts';
import { mappingsOf, type PageMapping } from '../rmap-walk.ts';
import type { System } from '../system.ts';

/**
 * Replaces the entry of a page by a swap entry that remembers its state (`try_to_unmap_one`).
 */
function unmapToSwap(system: System, mapping: PageMapping, slot: number): void {
  const { arch, memmap } = system;
  const { mm, table, index, pfn } = mapping;
  const old = makePte();
  // Where the flush does not wait, the address space keeps a note that it owes one, although none is
  // left when reclaim is done: the next change of its page tables flushes once more.
  if (arch.clearForUnmap(mm, table, index, old)) mm.tlbFlushBatched = true;
  const entry = makePte();
  arch.encodeNonPresent(
    {
      kind: 'swap',
      type: 0,
      offset: slot,
      softDirty: arch.pteSoftDirty(old.bits),
      uffdWp: arch.pteUffdWp(old.bits),
      exclusive: memmap.anonExclusive(pfn),
    },
    entry,
  );
  arch.setPtes(mm, table, index, entry, 1);
  folioRemoveRmapPtes(memmap, mm.id, pfn, 1);
}

/** Writes an anonymous folio to swap and frees it. */
function swapOut(system: System, head: number): void {
  const { arch, memmap, swap } = system;
  const nr = memmap.folioNrPages(head);
  const first = swap.alloc(nr);
  const contents = Array.from({ length: nr }, (_, i) => memmap.content(head + i));
  const mappings = mappingsOf(system, head, nr);
  for (const mapping of mappings) {
    const slot = first + (mapping.pfn - head);
    swap.write(slot, contents[mapping.pfn - head] ?? 0);
    unmapToSwap(system, mapping, slot);
  }
  for (const mm of new Set(mappings.map((mapping) => mapping.mm))) arch.tryToUnmapFlush(mm);
  memmap.folioPut(head, mappings.length);
}

/**
 * MADV_PAGEOUT: reclaims the pages of [start, end) that only this address space maps and no DMA uses.
 *
 * The folios are collected first: a folio that is unmapped must not be met again.
 *
 * @kernel mm/madvise.c madvise_cold_or_pageout_pte_range, mm/vmscan.c reclaim_pages
 */
export function madvisePageout(
  mm: AddressSpace,
  _gather: MmuGather,
  start: number,
  end: number,
): void {
  const { memmap, lru } = mm.system;
  lru.drain();
  const heads: number[] = [];
  forEachAdvisedBatch(mm, start, end, ({ page }) => {
    if (!memmap.isAnon(page) || memmap.folioMaybePinned(page)) return;
    if (exclusivelyMapped(mm, page)) heads.push(memmap.folioHead(page));
  });
  for (const head of heads) swapOut(mm.system, head);
}
