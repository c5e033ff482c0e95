import { madvise, mmapFixed, touchPages } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { Story, STORY_BASE_VPN } from '@ptelab/scenario';
import type { IrregularLayout } from '../result/result.ts';
import type { Ground } from './layout.ts';

/** Orders of folios below a huge mapping, and single pages. */
const ORDERS = [0, 2, 3, 4, 5, 6, 7, 8] as const;

const BASE_PAGE_KIB = 4;
const SEED = 20250917;
/** Odd, so that the first 512 holes are in different places. */
const HOLE_STEP = 197;
/** The longest part that is treated alike; a folio can be larger. */
const LONGEST_PART = 48;

/** Whole numbers below `end` that look random, the same for the same seed (xorshift). */
function randomNumbers(seed: number): (end: number) => number {
  let state = seed | 1;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

/** Treats one part after the other in a way of its own. */
function fillMixed({ mm, system }: Story, start: number, end: number): void {
  const random = randomNumbers(SEED);
  let enabled = 0;
  for (let at = start; at < end;) {
    const next = Math.min(at + 1 + random(LONGEST_PART), end);
    const order = ORDERS[random(ORDERS.length)] ?? 0;
    if (enabled > 0) system.thp.set(BASE_PAGE_KIB * 2 ** enabled, 'never');
    if (order > 0) system.thp.set(BASE_PAGE_KIB * 2 ** order, 'always');
    enabled = order;
    const choice = random(8);
    // Reads map the zero page, the rest of it stays empty; a hole may be filled by the folio before it.
    if (choice > 0) touchPages(mm, at, next, choice === 1 ? 'read' : 'write');
    if (choice === 2) madvise(mm, at, next, 'DONTNEED');
    if (choice === 3) madvise(mm, at, next, 'COLD');
    at = next;
  }
}

/** Huge pages, each mapped by single entries of which another one is missing. */
function fillHoled({ mm, system }: Story, start: number, end: number): void {
  const { pmdPages } = mm;
  system.thp.set(BASE_PAGE_KIB * pmdPages, 'always');
  touchPages(mm, start, end, 'write');
  for (let at = start, i = 0; at < end; at += pmdPages, i++) {
    const hole = at + ((i * HOLE_STEP) % pmdPages);
    madvise(mm, hole, hole + 1, 'DONTNEED');
  }
}

/**
 * Builds private anonymous memory in which no two leaf tables are in the same state; up to 1 GiB.
 *
 * - `mixed`: folios of all orders, zero pages, holes, and entries that are young, clean or neither, at random.
 * - `holed`: tables that differ in one entry. Walks over them are fast, so whatever comes on top shows.
 */
export function buildIrregular(
  { machine, engine }: Ground,
  layout: IrregularLayout,
  pages: number,
): Story {
  const story = new Story(machine, { shareLeafTables: engine === 'shared' });
  const start = STORY_BASE_VPN;
  const end = start + pages;
  const prot = VM_READ | VM_WRITE;
  mmapFixed(story.mm, { start, nr: pages, prot, shared: false, file: null });
  if (layout === 'mixed') fillMixed(story, start, end);
  else fillHoled(story, start, end);
  return story;
}
