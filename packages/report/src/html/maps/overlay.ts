import type { MprotectOutcome } from '@ptelab/scenario';

/** Where a page is within a stretch of pages: alone, first, in between, last; null outside of any. */
export type Segment = 'only' | 'first' | 'between' | 'last' | null;

/** What a call did to each page of a map. */
export interface Overlay {
  readonly batch: readonly Segment[];
  readonly commit: readonly Segment[];
  /** Lanes of flushes that overlap, the longest first. */
  readonly flushes: readonly (readonly Segment[])[];
  /** Flushes that found no lane. */
  readonly moreFlushes: number;
}

interface Stretch {
  readonly at: number;
  readonly pages: number;
}

/** Lanes beyond these say nothing more. */
const MOST_LANES = 3;

function mark(lane: Segment[], { at, pages }: Stretch, window: Stretch): void {
  const last = at + pages - 1;
  const end = Math.min(last, window.at + window.pages - 1);
  for (let page = Math.max(at, window.at); page <= end; page++) {
    const place = pages === 1 ? 'only' : page === at ? 'first' : page === last ? 'last' : 'between';
    lane[page - window.at] = place;
  }
}

function isFree(lane: readonly Segment[], { at, pages }: Stretch, window: Stretch): boolean {
  const first = Math.max(at - window.at, 0);
  return lane.slice(first, Math.max(at + pages - window.at, 0)).every((place) => place === null);
}

/** Lays batches, their commits and the flushes of a call out over the pages of `window`. */
export function overlayOf(outcome: MprotectOutcome, window: Stretch): Overlay {
  const blank = (): Segment[] => Array<Segment>(window.pages).fill(null);
  const batch = blank();
  const commit = blank();
  for (const { at, nr, commits } of outcome.batches) {
    mark(batch, { at, pages: nr }, window);
    let from = at;
    for (const pages of commits) {
      mark(commit, { at: from, pages }, window);
      from += pages;
    }
  }
  const flushes: Segment[][] = [];
  let moreFlushes = 0;
  const longestFirst = outcome.flushes.toSorted((a, b) => b.pages - a.pages || a.at - b.at);
  for (const flush of longestFirst) {
    let lane = flushes.find((each) => isFree(each, flush, window));
    if (lane === undefined && flushes.length < MOST_LANES) {
      lane = blank();
      flushes.push(lane);
    }
    if (lane === undefined) moreFlushes++;
    else mark(lane, flush, window);
  }
  return { batch, commit, flushes, moreFlushes };
}
