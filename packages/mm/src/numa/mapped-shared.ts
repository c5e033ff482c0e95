import type { System } from '../system.ts';

/**
 * True if more than one address space seems to map the folio that owns `pfn`.
 *
 * Up to 6.14 a large folio that is not mapped as a whole was judged by the mappings of its first
 * page alone.
 *
 * @kernel include/linux/mm.h folio_likely_mapped_shared (6.12), folio_maybe_mapped_shared (6.15 on)
 */
export function folioMaybeMappedShared({ arch, memmap }: System, pfn: number): boolean {
  const head = memmap.folioHead(pfn);
  const mapcount = memmap.folioMapcount(head);
  if (mapcount <= 1) return false;
  if (memmap.folioOrder(head) === 0) return true;
  if (arch.features.maybeMappedShared) return memmap.mmIds.maybeShared(head, mapcount);
  const section = memmap.section(head);
  const entire = section.frames.entireMapcount[head - section.base] ?? 0;
  if (entire > 0 || mapcount > memmap.folioNrPages(head)) return true;
  return memmap.mapcount(head) > 1;
}
