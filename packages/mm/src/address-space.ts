import { SparseArray } from '@ptelab/folio';
import {
  makeEvents,
  PteTable,
  Tlb,
  type EventCounters,
  type FolioGeometry,
  type MmContext,
  type TraceSink,
} from '@ptelab/pte';
import { HugePmd } from './huge/huge-pmd.ts';
import { fillFromState } from './leaf/leaf-state.ts';
import { SharedTable } from './leaf/shared-table.ts';
import type { System } from './system.ts';
import { VmaList } from './vma/vma-list.ts';

/** What one PMD holds: a leaf table, a huge mapping, or nothing. */
export type Pmd = PteTable | HugePmd | undefined;

/** What a userfaultfd was opened with. */
export interface UserfaultfdFeatures {
  /** Writes to protected pages are resolved by the kernel (UFFD_FEATURE_WP_ASYNC). */
  readonly wpAsync: boolean;
  /** Empty anonymous slots are protected by markers (UFFD_FEATURE_WP_UNPOPULATED). */
  readonly wpUnpopulated: boolean;
  /** The monitor follows pages that mremap moves (UFFD_FEATURE_EVENT_REMAP). @defaultValue false */
  readonly eventRemap?: boolean;
}

/** A write that waits for the monitor of a userfaultfd. */
export interface UserfaultfdEvent {
  /** Id of the userfaultfd. */
  readonly uffd: number;
  /** Virtual page that was to be written. */
  readonly vpn: number;
}

/** Limits of an address space, in pages. */
export interface MmLimits {
  /** RLIMIT_DATA: private writable pages. */
  data: number;
  /** Pages that may be charged against the commit limit. */
  charge: number;
}

/**
 * A process's memory: VMAs and page tables (`struct mm_struct`).
 *
 * Page tables are two levels here: a map from PMD number to leaf table or huge mapping. What lies
 * above plays no part in a protection change.
 */
export class AddressSpace implements MmContext {
  readonly system: System;
  readonly id: number;
  readonly isUser = true;
  readonly events: EventCounters = makeEvents();
  readonly folios: FolioGeometry;
  readonly vmas: VmaList = new VmaList();
  trace: TraceSink | null = null;
  /** Faults that were resolved in memory (`min_flt`), those of system calls for this process included. */
  minFlt = 0;
  /** Faults that had to read from a device (`maj_flt`). */
  majFlt = 0;
  tlbFlushPending = 0;
  /** The TLB, if the system has one; see {@link System.tlb}. Set aside while something only looks. */
  tlb: Tlb | null;
  /** True while reclaim has left flushes of this address space for later. */
  tlbFlushBatched = false;
  /** Limits that a change of protection can run into, in pages. */
  readonly limits: MmLimits = { data: Infinity, charge: Infinity };
  /** READ_IMPLIES_EXEC personality: PROT_READ also gives PROT_EXEC. */
  readImpliesExec = false;
  /** PR_SET_MDWE: memory that was not executable may not become so, nor writable and executable. */
  denyWriteExec = false;
  /** Protection keys in use; 0 always is. */
  readonly pkeys: Set<number> = new Set<number>([0]);
  /** Features of the userfaultfds that watch this address space, by the id that VMAs hold. */
  readonly userfaultfds: Map<number, UserfaultfdFeatures> = new Map<number, UserfaultfdFeatures>();
  /** Writes that wait for an answer, in the order in which they came. */
  readonly userfaultfdEvents: UserfaultfdEvent[] = [];
  /** True once this address space has pinned a page (MMF_HAS_PINNED). Stays, and is not inherited. */
  hasPinned = false;
  /** Frames that are pinned through each virtual page, the last pin last. */
  readonly pins: Map<number, number[]> = new Map<number, number[]>();
  /** Protection key for PROT_EXEC alone, once it was needed; 0 before. */
  executeOnlyPkey = 0;
  readonly #pmds = new SparseArray<PteTable | HugePmd | SharedTable>();

  constructor(system: System) {
    this.system = system;
    this.id = system.nextId();
    this.folios = system.memmap;
    this.tlb = system.tlb === null ? null : new Tlb(system.arch, this, system.tlb);
    system.spaces.add(this);
  }

  /** Pages that one PMD covers. */
  get pmdPages(): number {
    return this.system.arch.ptesPerTable;
  }

  /** Number of the PMD that covers page `vpn`. */
  pmdIndex(vpn: number): number {
    return Math.floor(vpn / this.pmdPages);
  }

  /** First page of the PMD that covers page `vpn`. */
  pmdBase(vpn: number): number {
    return vpn - (vpn % this.pmdPages);
  }

  /** Where a walk over [vpn, end) leaves the PMD that covers `vpn` (`pmd_addr_end`). */
  pmdAddrEnd(vpn: number, end: number): number {
    return Math.min(end, this.pmdBase(vpn) + this.pmdPages);
  }

  /** What the PMD of page `vpn` holds. A table that was shared is one of its own from then on. */
  pmd(vpn: number): Pmd {
    const pmd = this.#pmds.get(this.pmdIndex(vpn));
    return pmd instanceof SharedTable ? this.#part(pmd) : pmd;
  }

  /** As {@link AddressSpace.pmd}, for who can do with a shared table. */
  leaf(vpn: number): Pmd | SharedTable {
    return this.#pmds.get(this.pmdIndex(vpn));
  }

  #part(shared: SharedTable): PteTable {
    const table = new PteTable(shared.base, this.pmdPages);
    fillFromState(this.system.arch, shared.state, shared.firstFrame, table);
    this.#pmds.set(this.pmdIndex(shared.base), table);
    return table;
  }

  /** The leaf table of page `vpn`, if there is one. */
  table(vpn: number): PteTable | undefined {
    const pmd = this.pmd(vpn);
    return pmd instanceof PteTable ? pmd : undefined;
  }

  /**
   * The leaf table of page `vpn`, made if the PMD is empty (`pte_alloc`).
   *
   * @throws RangeError if the PMD is a huge mapping.
   */
  allocTable(vpn: number): PteTable {
    const pmd = this.pmd(vpn);
    if (pmd instanceof PteTable) return pmd;
    if (pmd !== undefined) throw new RangeError(`page ${vpn} is mapped by a huge page`);
    const table = new PteTable(this.pmdBase(vpn), this.pmdPages);
    this.#pmds.set(this.pmdIndex(vpn), table);
    return table;
  }

  /** Sets or, with undefined, empties the PMD of page `vpn`. */
  setPmd(vpn: number, pmd: Pmd | SharedTable): void {
    this.#pmds.set(this.pmdIndex(vpn), pmd);
  }

  /** All leaf tables. */
  *tables(): Generator<PteTable> {
    for (const pmd of this.#pmds.values()) {
      if (pmd instanceof SharedTable) yield this.#part(pmd);
      else if (pmd instanceof PteTable) yield pmd;
    }
  }

  /** All huge mappings, as a copy that stays valid while they are split. */
  hugePmds(): HugePmd[] {
    return [...this.#pmds.values()].filter((pmd) => pmd instanceof HugePmd);
  }

  /** Empties all PMDs. */
  clearPageTables(): void {
    this.#pmds.clear();
  }
}
