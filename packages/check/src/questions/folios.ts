/** Pages of the stories that compare folio sizes: what one page table maps. */
export const TABLE_PAGES = 512;

/** Folio orders that anonymous memory of 4K pages can have. */
export const ANON_ORDERS: readonly number[] = [0, 2, 3, 4, 5, 6, 7, 8, 9];

/** Words of the size of a folio: `64K`. */
export function sizeText(order: number): string {
  const kb = 4 * 2 ** order;
  return kb < 1024 ? `${kb}K` : `${kb / 1024}M`;
}

/**
 * Op lines that fill a page table with private folios of one order, all written. A huge page is mapped
 * by entries after its VMA was split and merged again.
 */
export function filledTable(order: number): string[] {
  return [
    ...(order === 0 ? [] : [`thp ${4 * 2 ** order} always`]),
    `mmap 0 ${TABLE_PAGES} rw anon`,
    `w 0 ${TABLE_PAGES}`,
    ...(order === 9 ? ['madvise 0 1 DONTFORK', 'madvise 0 1 DOFORK'] : []),
  ];
}
