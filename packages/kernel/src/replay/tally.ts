import { addEvents, makeEvents, type EventCounters } from '@ptelab/pte';

/** What calls of mprotect add up to. */
export interface ReplayTally {
  readonly calls: number;
  /** Pages of the ranges that they name. */
  readonly pages: number;
  /** Pages changed, as the kernel counts them. */
  readonly changed: number;
  /** Entries of leaf tables that were changed: those pages but for the ones that a huge mapping maps. */
  readonly entries: number;
  /** Time that `-T` gives for the calls, in nanoseconds; null where the log has none. */
  readonly loggedNs: number | null;
  readonly events: EventCounters;
}

/** One call. */
export type TalliedCall = Omit<ReplayTally, 'calls'>;

/** A {@link ReplayTally} that grows. */
export class Tally implements ReplayTally {
  calls = 0;
  pages = 0;
  changed = 0;
  entries = 0;
  loggedNs: number | null = null;
  readonly events: EventCounters = makeEvents();

  add(call: TalliedCall): void {
    this.calls++;
    this.pages += call.pages;
    this.changed += call.changed;
    this.entries += call.entries;
    if (call.loggedNs !== null) this.loggedNs = (this.loggedNs ?? 0) + call.loggedNs;
    addEvents(this.events, call.events);
  }

  /** The figures, as a copy. */
  figures(): ReplayTally {
    const { calls, pages, changed, entries, loggedNs, events } = this;
    return { calls, pages, changed, entries, loggedNs, events: { ...events } };
  }
}

/** Tallies by a key, in order of first appearance. */
export class Tallies<Key> {
  readonly #groups = new Map<string, { readonly key: Key; readonly tally: Tally }>();

  add(key: Key, call: TalliedCall): void {
    const text = JSON.stringify(key);
    let group = this.#groups.get(text);
    if (group === undefined) {
      group = { key, tally: new Tally() };
      this.#groups.set(text, group);
    }
    group.tally.add(call);
  }

  all(): (Key & ReplayTally)[] {
    return [...this.#groups.values()].map(({ key, tally }) => ({ ...key, ...tally.figures() }));
  }
}
