import { addEvents, PteTable, type AccessKind, type EventCounters } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { accessPage } from '../fault/access.ts';
import { UnsupportedError } from '../unsupported.ts';
import { VM_LOCKED } from '../vma/flags.ts';
import { vmaIsAnonymous, type Vma } from '../vma/vma.ts';
import type { LeafState } from './leaf-state.ts';
import { SharedTable } from './shared-table.ts';

/** What touching a stretch of pages did. */
export interface TouchResult {
  /** Page faults that it took. */
  readonly faults: number;
  /** Page whose access ended in a signal, and which one; null if all were reached. */
  readonly signal: { readonly vpn: number; readonly name: 'SIGSEGV' | 'SIGBUS' } | null;
}

/** What first writing to a whole empty table did: the same for the next one. */
interface Filling {
  readonly state: LeafState;
  readonly faults: number;
  readonly events: EventCounters;
}

/** Fills tables alike, and keeps account of those that shared what was done to one. */
class AlikeFilling {
  readonly #mm: AddressSpace;
  readonly #vma: Vma;
  #filling: Filling | null = null;
  #tables = 0;
  #firstFrame = 0;

  constructor(mm: AddressSpace, vma: Vma) {
    this.#mm = mm;
    this.#vma = vma;
  }

  /** First frame of the untouched section that the next table gets, or null if it is not as simple. */
  section(base: number): number | null {
    const { leafSharing, allocator, memmap } = this.#mm.system;
    const { start, end, uffd, flags, anonVma } = this.#vma;
    const inside = start <= base && base + this.#mm.pmdPages <= end;
    const simple = vmaIsAnonymous(this.#vma) && uffd === 0 && (flags & VM_LOCKED) === 0;
    // The first fault of a VMA does more than the others: it prepares the anon_vma.
    const alike = inside && simple && anonVma !== null;
    const shares = leafSharing.appliesTo(this.#mm);
    if (!shares || !alike || this.#mm.leaf(base) !== undefined) return null;
    const { next } = allocator;
    const aligned = next !== undefined && next % memmap.sectionPages === 0;
    return aligned && !memmap.hasSection(next) ? next : null;
  }

  /** Fills the table at `base` like the one before; returns its faults, or null if none was. */
  again(base: number, first: number): number | null {
    const filling = this.#filling;
    if (filling === null) return null;
    const { allocator, memmap } = this.#mm.system;
    allocator.alloc(Math.log2(memmap.sectionPages));
    memmap.shareSection(first, filling.state.frames);
    this.#mm.setPmd(base, new SharedTable(filling.state, base, first));
    if (this.#tables === 0) this.#firstFrame = first;
    this.#tables++;
    return filling.faults;
  }

  /** Notes what filling the table at `base` has done, if others can share it. */
  note(base: number, first: number, faults: number, before: EventCounters): void {
    const { allocator, leafSharing } = this.#mm.system;
    const table = this.#mm.leaf(base);
    if (!(table instanceof PteTable) || allocator.next !== first + table.length) return;
    const restore = this.#mm.system.lru.settleAdded();
    const state = leafSharing.share(this.#mm, table)?.state;
    restore();
    const order = state?.frames.order;
    if (state === undefined || order?.some((other) => other !== order[0]) !== false) return;
    const events = { ...this.#mm.events };
    addEvents(events, before, -1);
    this.#filling = { state, faults, events };
  }

  /** Accounts for the tables that were filled alike, before anything else happens. */
  finish(): void {
    const filling = this.#filling;
    if (filling === null || this.#tables === 0) return;
    addEvents(this.#mm.events, filling.events, this.#tables);
    this.#mm.minFlt += filling.faults * this.#tables;
    // Large folios leave the batch at once, and with them what was in it.
    if (filling.state.frames.order[0] === 0) {
      this.#mm.system.lru.addRun(this.#firstFrame, this.#tables * this.#mm.pmdPages);
    } else {
      this.#mm.system.lru.addLarge();
    }
    this.#tables = 0;
  }
}

function touchOneByOne(
  mm: AddressSpace,
  start: number,
  end: number,
  kind: AccessKind,
): TouchResult {
  let faults = 0;
  for (let vpn = start; vpn < end; vpn++) {
    const result = accessPage(mm, vpn, kind);
    faults += result.faults;
    if (result.waits !== undefined) {
      throw new UnsupportedError(`touching pages of which one waits for ${result.waits}`);
    }
    if (result.signal !== null) return { faults, signal: { vpn, name: result.signal } };
  }
  return { faults, signal: null };
}

/**
 * Reads or writes pages [start, end) one after the other, as the program does; up to the first that
 * ends in a signal.
 *
 * Where whole tables are written for the first time and in one way, one is filled page by page and the
 * others share its state: same entries, same frames, same counters.
 *
 * @throws UnsupportedError if a page waits for userfaultfd or for a migration.
 */
export function touchPages(
  mm: AddressSpace,
  start: number,
  end: number,
  kind: AccessKind,
): TouchResult {
  let faults = 0;
  let alike: AlikeFilling | null = null;
  let filledVma: Vma | undefined;
  for (let vpn = start; vpn < end;) {
    const next = mm.pmdAddrEnd(vpn, end);
    const whole = next - vpn === mm.pmdPages;
    const vma = whole && kind === 'write' ? mm.vmas.lookup(vpn) : undefined;
    if (vma !== undefined && vma !== filledVma) {
      alike?.finish();
      alike = new AlikeFilling(mm, vma);
      filledVma = vma;
    }
    const section = vma === undefined ? null : (alike?.section(vpn) ?? null);
    const shared = section === null ? null : (alike?.again(vpn, section) ?? null);
    if (shared === null) {
      alike?.finish();
      const before = section === null ? null : { ...mm.events };
      const touched = touchOneByOne(mm, vpn, next, kind);
      faults += touched.faults;
      if (touched.signal !== null) return { faults, signal: touched.signal };
      if (section !== null && before !== null) alike?.note(vpn, section, touched.faults, before);
    } else faults += shared;
    vpn = next;
  }
  alike?.finish();
  return { faults, signal: null };
}
