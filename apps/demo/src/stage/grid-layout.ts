/** How pages lie in a plane of cells: row by row, whole contiguous blocks and page tables side by side. */
export interface GridLayout {
  /** First page. */
  readonly at: number;
  readonly pages: number;
  /** A power of two. */
  readonly columns: number;
  readonly rows: number;
}

const LEAST_COLUMNS = 16;
const MOST_COLUMNS = 1024;

/**
 * Lays `pages` pages out so that they fill a place that is `aspect` times as wide as it is high.
 *
 * @param blockPages - rows hold whole blocks of this many.
 */
export function gridLayout(
  at: number,
  pages: number,
  aspect: number,
  blockPages = LEAST_COLUMNS,
): GridLayout {
  const wanted = Math.sqrt(pages * aspect);
  let columns = Math.max(LEAST_COLUMNS, blockPages);
  while (columns * Math.SQRT2 < wanted && columns < MOST_COLUMNS) columns *= 2;
  return { at, pages, columns, rows: Math.ceil(pages / columns) };
}

/** Page at a place of the plane, or null outside. */
export function pageAt(layout: GridLayout, x: number, y: number): number | null {
  const column = Math.floor(x);
  const row = Math.floor(y);
  if (column < 0 || column >= layout.columns || row < 0) return null;
  const index = row * layout.columns + column;
  return index < layout.pages ? layout.at + index : null;
}
