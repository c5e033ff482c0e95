import type { PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { System } from '../system.ts';
import {
  firstFrame,
  leafSample,
  leafStateOf,
  sameLeafState,
  type LeafState,
} from './leaf-state.ts';
import { SharedTable } from './shared-table.ts';

/** States that are remembered; more than a machine has at a time unless nothing is alike. */
const MAX_STATES = 4096;

/** Tables that may be shared before any sharing has saved a walk. */
const FIRST_CREDIT = 1024;
const MAX_CREDIT = 65536;
/** What a walk that was saved is worth: more than one share costs, so that success goes on. */
const WALK_SAVED = 2;

/**
 * Lets leaf tables that are in the same state share it.
 *
 * A walk notes the tables that it went through; what is noted for the second time in one state is
 * shared from then on. Sharing costs about a walk, and is lost when somebody touches the table: where
 * tables are shared and parted again without a walk being saved, credit runs out and they stay plain.
 */
export class LeafSharing {
  readonly #enabled: boolean;
  readonly #states = new Map<number, LeafState[]>();
  #remembered = 0;
  #credit = FIRST_CREDIT;

  /** @param enabled - false to keep every table plain. */
  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** True if tables of `mm` may share. Who traces it, or has a TLB, wants to see every table by itself. */
  appliesTo(mm: AddressSpace): boolean {
    return this.#enabled && mm.trace === null && mm.tlb === null;
  }

  /** A walk through a shared table was saved. */
  walkSaved(): void {
    if (this.#credit < MAX_CREDIT) this.#credit += WALK_SAVED;
  }

  /**
   * Notes tables of one walk: shares `table` if one in the same state is known or was noted before.
   *
   * @param noted - tables of this walk that were not shared, by their samples; changed.
   */
  note(mm: AddressSpace, table: PteTable, noted: Map<number, PteTable>): void {
    if (this.#credit <= 0) return;
    const { arch } = mm.system;
    const first = firstFrame(arch, table);
    if (first < 0) return;
    const sample = leafSample(arch, table, first);
    const alike = noted.get(sample);
    if (alike === undefined && !this.#states.has(sample)) {
      noted.set(sample, table);
      return;
    }
    if (alike !== undefined) {
      noted.delete(sample);
      this.share(mm, alike);
    }
    this.share(mm, table);
  }

  /**
   * Makes `table` a shared one.
   *
   * @returns null, and leaves it as it is, if it is in a state that can't be shared.
   */
  share(mm: AddressSpace, table: PteTable): SharedTable | null {
    const first = firstFrame(mm.system.arch, table);
    const state = first < 0 ? null : this.#stateOf(mm.system, table, first);
    if (state === null) return null;
    mm.system.memmap.shareSection(first, state.frames);
    const shared = new SharedTable(state, table.base, first);
    mm.setPmd(table.base, shared);
    this.#credit--;
    return shared;
  }

  /** The state of `table`; one object for all tables in that state. */
  #stateOf({ arch, memmap }: System, table: PteTable, first: number): LeafState | null {
    const state = leafStateOf(arch, table, first, memmap.frameStates(first));
    if (state === null) return null;
    const sample = leafSample(arch, table, first);
    const known = this.#states.get(sample);
    const same = known?.find((candidate) => sameLeafState(candidate, state));
    if (same !== undefined) return same;
    if (this.#remembered === MAX_STATES) {
      this.#states.clear();
      this.#remembered = 0;
    }
    this.#remembered++;
    if (known === undefined) this.#states.set(sample, [state]);
    else known.push(state);
    return state;
  }
}
