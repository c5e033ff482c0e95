import { EVENT_NAMES, type EventCounters } from '@ptelab/pte';
import type { FilmCounts } from '../model/film.ts';
import { GrowingColumns } from './growing-columns.ts';

/** Writes down what counters rose by since it looked last. */
export class CountJournal {
  readonly #events: EventCounters;
  readonly #last: Int32Array;
  readonly #rows = new GrowingColumns(2);

  constructor(events: EventCounters) {
    // All values at once are many times quicker to get than each by its name.
    if (Object.keys(events).some((name, i) => name !== EVENT_NAMES[i])) {
      throw new RangeError('counters are not in the order of their names');
    }
    this.#events = events;
    this.#last = Int32Array.from(EVENT_NAMES, (name) => events[name]);
  }

  /** Rises so far. */
  get length(): number {
    return this.#rows.length;
  }

  /** Looks at all counters. */
  look(): void {
    const counters: Readonly<Record<keyof EventCounters, number>> = this.#events;
    const values = Object.values(counters);
    for (let i = 0; i < values.length; i++) {
      const now = values[i] ?? 0;
      const before = this.#last[i] ?? 0;
      if (now === before) continue;
      const row = this.#rows.add();
      this.#rows.set(row, 0, i);
      this.#rows.set(row, 1, now - before);
      this.#last[i] = now;
    }
  }

  /** All rises so far. */
  counts(): FilmCounts {
    return { counter: Uint8Array.from(this.#rows.column(0)), by: this.#rows.column(1) };
  }
}
