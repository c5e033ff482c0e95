/** Kinds of memory, in the words of reports. */
export const MEMORY = { anon: 'private anonymous', shared: 'shared anonymous' } as const;

/** Where struct pages are, in the words of reports. */
export const MEMMAP = { hot: 'cached or in order', cold: 'anywhere in memory' } as const;

const PAGE_KB = 4;
const KB_PER_MB = 1024;

/** Size of the folios of an order, with 4 KiB pages. */
export function folio(order: number): string {
  const kb = PAGE_KB * 2 ** order;
  return kb < KB_PER_MB ? `${String(kb)} KiB` : `${String(kb / KB_PER_MB)} MiB`;
}
