import { EVENT_NAMES, type EventCounters } from '@ptelab/pte';
import type { Story } from '@ptelab/scenario';
import type { SpeedMode } from '../result/result.ts';

/** The modes in the order in which tables show them. */
export const MODES: readonly SpeedMode[] = ['counting', 'not counting', 'tracing'];

/**
 * Counters that read as 0 and forget what is added. The model has no switch for counting, but an
 * engine compiles these to nothing: within noise it is as fast with them as with all counting cut
 * out of its code.
 */
function forgetfulEvents(): EventCounters {
  const prototype = {};
  for (const name of EVENT_NAMES) {
    Object.defineProperty(prototype, name, { get: () => 0, set: () => undefined });
  }
  return Object.create(prototype) as EventCounters;
}

/** Calls that a trace sink was handed. */
export interface Traced {
  calls: number;
}

/**
 * Makes a story count, not count, or count and trace.
 *
 * @returns the calls that are traced from now on; a sink that keeps them would measure the garbage
 *   collector.
 */
export function setMode(story: Story, mode: SpeedMode): Traced {
  const traced: Traced = { calls: 0 };
  if (mode === 'not counting') Object.assign(story.mm, { events: forgetfulEvents() });
  if (mode === 'tracing') {
    story.mm.trace = (): void => {
      traced.calls++;
    };
  }
  return traced;
}
