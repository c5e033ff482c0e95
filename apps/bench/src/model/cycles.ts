import { mprotect } from '@ptelab/mprotect';
import { takeEvents, VM_READ, VM_WRITE } from '@ptelab/pte';
import { STORY_BASE_VPN, type Story } from '@ptelab/scenario';
import { summarise, type Summary } from '../result/statistics.ts';
import { wallNs, type Clock } from './clocks.ts';

/** Times of one cycle, in nanoseconds. */
export interface CycleTimes {
  readonly readOnlyNs: number;
  readonly readWriteNs: number;
}

/** Both directions, in nanoseconds per PTE. */
export interface CycleSummary {
  readonly readOnly: Summary;
  readonly readWrite: Summary;
}

const BYTES_PER_PAGE = 4096;

/** One call over the first `pages` pages of a story: its time by `clock`, and the pages that it changed. */
export function timeCall(
  story: Story,
  pages: number,
  prot: number,
  clock: Clock,
): { readonly ns: number; readonly changed: number } {
  const args = {
    start: STORY_BASE_VPN * BYTES_PER_PAGE,
    length: pages * BYTES_PER_PAGE,
    prot,
    strategy: story.machine.strategy,
  };
  const begin = clock();
  const result = mprotect(story.mm, args);
  const ns = clock() - begin;
  takeEvents(story.mm.events);
  if (result.error !== null) throw new Error(`mprotect failed: ${result.error}`);
  return { ns, changed: result.pages };
}

/** Times a call that changes all of its pages. */
function timeFullCall(story: Story, pages: number, prot: number): number {
  const { ns, changed } = timeCall(story, pages, prot, wallNs);
  if (changed !== pages) throw new Error(`mprotect changed ${changed} of ${pages} pages`);
  return ns;
}

/** Makes all pages read-only and writable again. */
export function timeCycle(story: Story, pages: number): CycleTimes {
  return {
    readOnlyNs: timeFullCall(story, pages, VM_READ),
    readWriteNs: timeFullCall(story, pages, VM_READ | VM_WRITE),
  };
}

/** Summarises cycles over `pages` pages. */
export function summariseCycles(cycles: readonly CycleTimes[], pages: number): CycleSummary {
  return {
    readOnly: summarise(cycles.map((cycle) => cycle.readOnlyNs / pages)),
    readWrite: summarise(cycles.map((cycle) => cycle.readWriteNs / pages)),
  };
}

/** Calls are compiled after they ran for a while: so many entries, but at least two cycles. */
const WARM_UP_PTES = 2 ** 18;

/** How many cycles over `pages` pages to run before the first that counts. */
export function warmUpCycles(pages: number): number {
  return Math.max(2, Math.ceil(WARM_UP_PTES / pages));
}

/**
 * Runs `cycles` cycles, after some for the compiler.
 *
 * @param look - called before each; may throw to give up.
 */
export function measureCycles(
  story: Story,
  pages: number,
  cycles: number,
  look: () => void = () => undefined,
): CycleSummary {
  const measured: CycleTimes[] = [];
  for (let i = -warmUpCycles(pages); i < cycles; i++) {
    look();
    const times = timeCycle(story, pages);
    if (i >= 0) measured.push(times);
  }
  return summariseCycles(measured, pages);
}
