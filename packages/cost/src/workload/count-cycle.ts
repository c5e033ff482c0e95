import { addEvents, makeEvents, takeEvents, type EventCounters } from '@ptelab/pte';
import type { Machine } from '@ptelab/scenario';
import { buildLayout } from './build-layout.ts';
import type { CycleProt, Layout } from './workload.ts';

/** A cycle of calls on a layout. */
export interface Cycle {
  readonly layout: Layout;
  readonly prots: readonly CycleProt[];
}

/** Adds `a * x + b * y`, counter by counter. */
export function blend(x: EventCounters, a: number, y: EventCounters, b: number): EventCounters {
  const sum = makeEvents();
  addEvents(sum, x, a);
  addEvents(sum, y, b);
  return sum;
}

/** Runs the cycle twice over so many pages; counts each call of the second time. */
export function runCycle(
  machine: Machine,
  { layout, prots }: Cycle,
  pages: number,
): EventCounters[] {
  const story = buildLayout(machine, layout, pages);
  const call = (prot: CycleProt): EventCounters => {
    takeEvents(story.mm.events);
    story.apply({ op: 'mprotect', at: 0, pages, prot });
    return takeEvents(story.mm.events);
  };
  for (const prot of prots) call(prot);
  return prots.map(call);
}

/** Two sizes are enough: beyond some hundred pages, every counter is a constant plus so much a page. */
const SMALL_PAGES = 1024;
const LARGE_PAGES = 2048;

function extrapolate(small: EventCounters, large: EventCounters, pages: number): EventCounters {
  const beyond = (pages - LARGE_PAGES) / (LARGE_PAGES - SMALL_PAGES);
  return blend(large, 1 + beyond, small, -beyond);
}

/**
 * Counts each call of a cycle over `pages` pages. Large ranges are extrapolated from 4 and 8 MiB, which is
 * exact for everything but the number of TLBIs that a long range of arm64 takes (one to five).
 */
export function countCycle(machine: Machine, cycle: Cycle, pages: number): EventCounters[] {
  if (pages <= LARGE_PAGES) return runCycle(machine, cycle, pages);
  const small = runCycle(machine, cycle, SMALL_PAGES);
  const large = runCycle(machine, cycle, LARGE_PAGES);
  return large.map((count, i) => extrapolate(small[i] ?? count, count, pages));
}
