import { addEvents, makeEvents } from '@ptelab/pte';
import type { Machine } from '@ptelab/scenario';
import type { RoundCounts } from './analysis.ts';
import type { RoundEvents } from './round.ts';
import { thpMap, type ThpAmount, type ThpMap } from './thpmaps.ts';

/** Adds rounds up, machine by machine. */
export class RoundTotals {
  readonly #machines: readonly Machine[];
  readonly #counts: { protect: RoundEvents['protect']; restore: RoundEvents['restore'] }[];
  #calls = 0;

  constructor(machines: readonly Machine[]) {
    this.#machines = machines;
    this.#counts = machines.map(() => ({ protect: makeEvents(), restore: makeEvents() }));
  }

  /** Adds what one round did on every machine, in their order. */
  add(events: readonly RoundEvents[]): void {
    if (events.length === 0) return;
    this.#calls++;
    for (const [i, { protect, restore }] of events.entries()) {
      const counts = this.#counts[i];
      if (counts === undefined) continue;
      addEvents(counts.protect, protect);
      addEvents(counts.restore, restore);
    }
  }

  /** The sums; none if there was no round. */
  counts(): RoundCounts[] {
    if (this.#calls === 0) return [];
    return this.#machines.map(({ spec, strategy }, i) => ({
      machine: { ...spec, strategy: strategy.name },
      calls: this.#calls,
      ...(this.#counts[i] ?? { protect: makeEvents(), restore: makeEvents() }),
    }));
  }
}

/** Adds figures of thpmaps up, as `thpmaps --rollup` does. */
export class ThpRollup {
  readonly #figures = new Map<string, ThpAmount>();
  #anon = 0;
  #file = 0;

  add({ figures, totals }: ThpMap): void {
    for (const [label, { kind, kb }] of Object.entries(figures)) {
      this.#figures.set(label, { kind, kb: kb + (this.#figures.get(label)?.kb ?? 0) });
    }
    this.#anon += totals.anon;
    this.#file += totals.file;
  }

  sum(): ThpMap {
    return thpMap(this.#figures, { anon: this.#anon, file: this.#file });
  }
}
