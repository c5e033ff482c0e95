import type { Operation, Scenario } from '@ptelab/scenario';

/** A stretch of pages. */
export interface PageWindow {
  readonly at: number;
  readonly pages: number;
}

/** Most pages that are shown. */
export const MOST_PAGES = 262_144;

/** Windows begin and end at a whole block of this many pages: a change reaches whole blocks. */
const BLOCK_PAGES = 16;

function mapped(operation: Operation): PageWindow[] {
  switch (operation.op) {
    case 'mmap':
      return [operation];
    case 'mremap':
      return [{ at: operation.to, pages: operation.pages }];
    case 'entries':
      return [{ at: operation.at, pages: operation.pages.length }];
    default:
      return [];
  }
}

/** From the first page that a story maps at any time to the last: how many. */
export function mappedPages({ steps }: Pick<Scenario, 'steps'>): number {
  const ranges = steps.flatMap(({ operation }) => mapped(operation));
  if (ranges.length === 0) return 0;
  const first = Math.min(...ranges.map(({ at }) => at));
  return Math.max(...ranges.map(({ at, pages }) => at + pages)) - first;
}

/** The pages that a story maps at any time: at most {@link MOST_PAGES}, from the first one. */
export function storyWindow({ steps }: Pick<Scenario, 'steps'>): PageWindow {
  const ranges = steps.flatMap(({ operation }) => mapped(operation));
  if (ranges.length === 0) return { at: 0, pages: BLOCK_PAGES };
  const first = Math.min(...ranges.map(({ at }) => at));
  const end = Math.max(...ranges.map(({ at, pages }) => at + pages));
  const at = first - (first % BLOCK_PAGES);
  const pages = Math.ceil((end - at) / BLOCK_PAGES) * BLOCK_PAGES;
  return { at, pages: Math.min(pages, MOST_PAGES) };
}
