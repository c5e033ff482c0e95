import {
  flushTlbBatchedPending,
  type GatheredPart,
  type LeafSharing,
  type LeafState,
  type SharedTable,
} from '@ptelab/mm';
import { addEvents, type EventCounters, type PteTable } from '@ptelab/pte';
import { MM_CP_PROT_NUMA } from './cp-flags.ts';
import type { ProtectionChange } from './pte-range.ts';

/** Walks a whole leaf table; returns how many entries it changed, as the kernel counts them. */
type WalkTable = (table: PteTable) => number;

/** What a walk over a whole table of some state does: the same wherever the table is. */
interface TableEffect {
  /** The table that was walked. */
  readonly table: PteTable;
  readonly before: EventCounters;
  readonly after: EventCounters;
  /** Entries changed, as the kernel counts them. */
  readonly pages: number;
  readonly flushed: GatheredPart;
  /** State after the walk; undefined until a second table asks, null if it can't be shared. */
  state: LeafState | null | undefined;
  /** Tables that took the effect over. */
  times: number;
}

/**
 * Whole leaf tables of one protection change, as far as they share their states: of the tables in one
 * state the first is walked, and the others take over what that did.
 *
 * Exact, because a walk over a table depends on its entries, on the frames that they map, and on the
 * change, which is one for all; never on where the table or its frames are, as both are aligned to a
 * table. What could tell tables apart turns sharing off: a trace, a TLB, and the NUMA scanner, which
 * notes times.
 */
export class SharedTables {
  readonly #change: ProtectionChange;
  readonly #sharing: LeafSharing;
  readonly #enabled: boolean;
  readonly #effects = new Map<LeafState, TableEffect>();
  readonly #noted = new Map<number, PteTable>();

  constructor(change: ProtectionChange) {
    const { mm, cpFlags } = change;
    this.#change = change;
    this.#sharing = mm.system.leafSharing;
    this.#enabled = this.#sharing.appliesTo(mm) && (cpFlags & MM_CP_PROT_NUMA) === 0;
  }

  /** Changes the whole of a shared table; returns the entries changed. */
  change(shared: SharedTable, walk: WalkTable): number {
    const { mm } = this.#change;
    const effect = this.#known(shared);
    if (effect === null) return walk(mm.allocTable(shared.base));
    if (effect === undefined) return this.#first(shared, walk);
    if (effect.state === undefined) {
      effect.state = this.#sharing.share(mm, effect.table)?.state ?? null;
    }
    if (effect.state === null) return walk(mm.allocTable(shared.base));
    this.#takeOver(shared, effect, effect.state);
    return effect.pages;
  }

  /** A plain table was walked as a whole: it may be in the state of others now. */
  note(table: PteTable): void {
    if (this.#enabled) this.#sharing.note(this.#change.mm, table, this.#noted);
  }

  /** Counts what tables took over. */
  finish(): void {
    const { events } = this.#change.mm;
    for (const { before, after, times } of this.#effects.values()) {
      addEvents(events, after, times);
      addEvents(events, before, -times);
    }
  }

  /** What a walk over `shared` does: undefined if it is the first in its state, null if nobody knows. */
  #known(shared: SharedTable): TableEffect | null | undefined {
    if (!this.#enabled) return null;
    const { memmap } = this.#change.mm.system;
    // Somebody else has changed the frames since, through another mapping or none.
    if (memmap.section(shared.firstFrame).frames !== shared.state.frames) return null;
    return this.#effects.get(shared.state);
  }

  #first(shared: SharedTable, walk: WalkTable): number {
    const { mm, gather } = this.#change;
    flushTlbBatchedPending(mm); // belongs to the call, not to the table
    const { state } = shared;
    const table = mm.allocTable(shared.base);
    const before = { ...mm.events };
    let pages = 0;
    const flushed = gather.recordPart(() => {
      pages = walk(table);
    });
    const after = { ...mm.events };
    this.#effects.set(state, { table, before, after, pages, flushed, state: undefined, times: 0 });
    return pages;
  }

  #takeOver(shared: SharedTable, effect: TableEffect, state: LeafState): void {
    const { mm, gather } = this.#change;
    if (state.frames !== shared.state.frames) {
      mm.system.memmap.shareSection(shared.firstFrame, state.frames);
    }
    shared.state = state;
    gather.addPart(effect.flushed, shared.base - effect.table.base);
    effect.times++;
    this.#sharing.walkSaved();
  }
}
