import { EVENT_NAMES, type EventCounters } from '@ptelab/pte';
import type { FilmCounts } from '../model/film.ts';
import { GrowingColumns } from './growing-columns.ts';

/** Writes down what counters rose by since it looked last. */
export class CountJournal {
  readonly #events: EventCounters;
  readonly #last: Int32Array;
  readonly #rows = new GrowingColumns(2);

  constructor(events: EventCounters) {
    this.#events = events;
    this.#last = Int32Array.from(EVENT_NAMES, (name) => events[name]);
  }

  /** Rises so far. */
  get length(): number {
    return this.#rows.length;
  }

  /** Looks at all counters. */
  look(): void {
    for (let i = 0; i < EVENT_NAMES.length; i++) {
      const name = EVENT_NAMES[i];
      if (name === undefined) continue;
      const now = this.#events[name];
      const before = this.#last[i] ?? 0;
      if (now === before) continue;
      this.#rows.push(i, now - before);
      this.#last[i] = now;
    }
  }

  /** All rises so far. */
  counts(): FilmCounts {
    return { counter: Uint8Array.from(this.#rows.column(0)), by: this.#rows.column(1) };
  }
}
