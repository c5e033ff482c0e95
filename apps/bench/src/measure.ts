import { performance } from 'node:perf_hooks';
import { mprotect } from '@ptelab/mprotect';
import { takeEvents, VM_READ, VM_WRITE, type EventCounters } from '@ptelab/pte';
import { STORY_BASE_VPN, type Story } from '@ptelab/scenario';

/** Time and events of one direction of a protection change. */
interface Measurement {
  /** Median over the cycles, in nanoseconds per entry. */
  readonly nsPerPte: number;
  /** Fastest cycle, in nanoseconds per entry. */
  readonly bestNsPerPte: number;
  /** What one call counted: the same in every cycle. */
  readonly events: EventCounters;
}

/** Both directions. */
export interface CycleMeasurement {
  readonly readOnly: Measurement;
  readonly readWrite: Measurement;
}

const BYTES_PER_PAGE = 4096;

function timeCall(
  story: Story,
  pages: number,
  prot: number,
): { ns: number; events: EventCounters } {
  takeEvents(story.mm.events);
  const args = {
    start: STORY_BASE_VPN * BYTES_PER_PAGE,
    length: pages * BYTES_PER_PAGE,
    prot,
    strategy: story.machine.strategy,
  };
  const begin = performance.now();
  const result = mprotect(story.mm, args);
  const ns = (performance.now() - begin) * 1e6;
  if (result.error !== null || result.pages !== pages) {
    throw new Error(
      `mprotect changed ${result.pages} of ${pages} pages, error ${result.error ?? 'none'}`,
    );
  }
  return { ns, events: takeEvents(story.mm.events) };
}

function summarise(
  calls: readonly { readonly ns: number; readonly events: EventCounters }[],
  pages: number,
): Measurement {
  const last = calls.at(-1);
  if (last === undefined) throw new RangeError('no calls were measured');
  const times = calls.map((call) => call.ns / pages).toSorted((a, b) => a - b);
  return {
    nsPerPte: times[Math.floor(times.length / 2)] ?? 0,
    bestNsPerPte: times[0] ?? 0,
    events: last.events,
  };
}

/** Makes all pages read-only and writable again, `cycles` times after two for the compiler. */
export function measureCycles(story: Story, pages: number, cycles: number): CycleMeasurement {
  const readOnly: { ns: number; events: EventCounters }[] = [];
  const readWrite: { ns: number; events: EventCounters }[] = [];
  for (let i = -2; i < cycles; i++) {
    const ro = timeCall(story, pages, VM_READ);
    const rw = timeCall(story, pages, VM_READ | VM_WRITE);
    if (i < 0) continue;
    readOnly.push(ro);
    readWrite.push(rw);
  }
  return { readOnly: summarise(readOnly, pages), readWrite: summarise(readWrite, pages) };
}

const ENTRY_TOUCHES = ['rawReads', 'rawWrites', 'xchg', 'cmpxchg'] as const;

/** Entry touches of a call: reads, writes and swaps. */
export function entryTouches(events: EventCounters): number {
  return ENTRY_TOUCHES.reduce((sum, name) => sum + events[name], 0);
}
