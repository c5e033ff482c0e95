import type { AccessKind, Arch, HardwareAccess } from '../arch.ts';
import { makePte, PteTable, type Pte } from '../table.ts';
import {
  permissionLetters,
  TLB_DIRTY,
  TLB_EXEC,
  TLB_READ,
  TLB_VALID,
  TLB_WRITE,
  TLB_YOUNG,
} from './attributes.ts';
import { blockIsUniform, staleness } from './compare.ts';
import type { HugeLeaf, TlbEntry, TlbLevel, TlbOptions, TlbPageTables } from './entry.ts';
import { TlbFindings, type TlbReport, type TlbSyncPoint } from './finding.ts';
import { TlbStore } from './store.ts';

const PERMISSION_OF: Readonly<Record<AccessKind, number>> = {
  read: TLB_READ,
  write: TLB_WRITE,
  exec: TLB_EXEC,
};

const CACHEABLE = TLB_VALID | TLB_YOUNG;

/** Frames that were freed while a gather was open. */
interface FreedFrames {
  readonly head: number;
  readonly nr: number;
}

const walked: Pte = makePte();

/**
 * The TLB of one address space, which may be stale: entries go away by invalidation only, never
 * because a page table changed or room ran out. So a missing flush shows.
 *
 * One TLB stands for all CPUs: the machine has one, or flushes are broadcast. Not modelled are IPIs
 * that leave CPUs out and CPUs that run the address space lazily.
 *
 * @manual ARM DDI 0487 D8.16 (TLB maintenance), D8.6.1 (contiguous bit); Intel SDM Vol 3A 4.10
 */
export class Tlb {
  readonly #arch: Arch;
  readonly #tables: TlbPageTables;
  readonly #options: TlbOptions;
  readonly #store: TlbStore;
  readonly #found = new TlbFindings();
  #freed: FreedFrames[] = [];
  #clock = 0;

  constructor(arch: Arch, tables: TlbPageTables, options: TlbOptions) {
    this.#arch = arch;
    this.#tables = tables;
    this.#options = options;
    this.#store = new TlbStore(arch.contPtes, arch.ptesPerTable);
  }

  /** The entries by address, as copies: for tests and for people who want to look. */
  entries(): TlbEntry[] {
    return this.#store.overlapping(-Infinity, Infinity).map((entry) => ({ ...entry }));
  }

  /**
   * A user access to page `vpn`. It may succeed through an entry that the page table no longer backs:
   * that is what real hardware does.
   */
  access(vpn: number, kind: AccessKind): HardwareAccess {
    const entry = this.#store.lookup(vpn);
    const result = entry === undefined ? this.#walk(vpn, kind) : this.#hit(entry, vpn, kind);
    if (result !== 'ok' && this.#arch.faultDropsTranslation) this.evict(vpn);
    return result;
  }

  /** Frame that accesses to page `vpn` reach without a walk, or null. */
  frame(vpn: number): number | null {
    const entry = this.#store.lookup(vpn);
    return entry === undefined ? null : entry.pfn + (vpn - entry.vpn);
  }

  #hit(entry: TlbEntry, vpn: number, kind: AccessKind): HardwareAccess {
    if ((entry.attributes & PERMISSION_OF[kind]) === 0) return 'permission';
    if (kind !== 'write' || (entry.attributes & TLB_DIRTY) !== 0) return 'ok';
    // The first store must mark the page dirty: that reads the page table again.
    if (this.#setDirty(entry, vpn)) {
      entry.attributes |= TLB_DIRTY;
      return 'ok';
    }
    this.#store.remove(entry);
    return this.#walk(vpn, kind);
  }

  #setDirty(entry: TlbEntry, vpn: number): boolean {
    const arch = this.#arch;
    const leaf = this.#tables.pmd(vpn);
    if (leaf === undefined || leaf instanceof PteTable !== (entry.level === 'pte')) return false;
    if (!(leaf instanceof PteTable)) {
      return (
        arch.pmdPfn(leaf.entry) === entry.pfn &&
        arch.hardwareAccessPmd(leaf.entry, 'write') === 'ok'
      );
    }
    const index = this.#landing(leaf, vpn - leaf.base, entry.pages);
    leaf.peek(index, walked);
    if (arch.ptePfn(walked) !== entry.pfn + (leaf.base + index - entry.vpn)) return false;
    return arch.hardwareAccess(leaf, index, 'write') === 'ok';
  }

  /** Index of the entry that hardware marks when it uses entry `index` of a block of `pages`. */
  #landing(table: PteTable, index: number, pages: number): number {
    const { landing = 'target' } = this.#options;
    if (pages === 1 || landing === 'target') return index;
    const base = index - (index % pages);
    const member = landing === 'first' ? base : base + pages - 1;
    return blockIsUniform(this.#arch, table, base) ? member : index;
  }

  #walk(vpn: number, kind: AccessKind): HardwareAccess {
    const leaf = this.#tables.pmd(vpn);
    if (leaf === undefined) return 'translation';
    if (!(leaf instanceof PteTable)) return this.#walkHuge(leaf, kind);
    const arch = this.#arch;
    const index = vpn - leaf.base;
    leaf.peek(index, walked);
    const cont = arch.pteValidCont(walked.bits);
    const pages = cont && this.#options.policy === 'block' ? arch.contPtes : 1;
    const { bits } = walked;
    const result = arch.hardwareAccess(leaf, index, kind);
    leaf.peek(index, walked);
    const attributes = arch.tlbAttributes(walked.bits, false);
    if ((attributes & CACHEABLE) !== CACHEABLE) return result;
    const landing = this.#landing(leaf, index, pages);
    if (result === 'ok' && landing !== index) {
      leaf.bits[index] = bits;
      arch.hardwareAccess(leaf, landing, kind);
    }
    const inside = index % pages;
    const entry = {
      vpn: vpn - inside,
      pages,
      pfn: arch.ptePfn(walked) - inside,
      level: 'pte',
      cont,
      attributes,
      loadedAt: ++this.#clock,
      reported: 0,
    } as const;
    if (pages > 1 && !blockIsUniform(arch, leaf, index - inside)) {
      this.#report('ContigMisprogram', 'fill', entry, attributes);
    }
    this.#fill(entry);
    return result;
  }

  #walkHuge(leaf: HugeLeaf, kind: AccessKind): HardwareAccess {
    const arch = this.#arch;
    const result = arch.hardwareAccessPmd(leaf.entry, kind);
    const attributes = arch.tlbAttributes(leaf.entry.bits, true);
    if ((attributes & CACHEABLE) !== CACHEABLE) return result;
    this.#fill({
      vpn: leaf.base,
      pages: arch.ptesPerTable,
      pfn: arch.pmdPfn(leaf.entry),
      level: 'pmd',
      cont: false,
      attributes,
      loadedAt: ++this.#clock,
      reported: 0,
    });
    return result;
  }

  /** Loads an entry; complains if another one says something else of the same page. */
  #fill(entry: TlbEntry): void {
    for (const other of this.#store.overlapping(entry.vpn, entry.vpn + entry.pages)) {
      const same =
        other.level === entry.level &&
        other.cont === entry.cont &&
        other.pfn - other.vpn === entry.pfn - entry.vpn;
      if (same) continue;
      if (this.#arch.toleratesTlbOverlap) this.#found.toleratedOverlaps++;
      else this.#report('OverlapConflict', 'fill', other, entry.attributes);
    }
    this.#store.add(entry);
  }

  #report(
    kind: 'ContigMisprogram' | 'ContigWindow' | 'OverlapConflict',
    when: TlbSyncPoint,
    { vpn, pages, attributes }: TlbEntry,
    mapped: number,
  ): void {
    const cached = permissionLetters(attributes);
    this.#found.add({ kind, when, vpn, pages, cached, mapped: permissionLetters(mapped) });
  }

  /** Drops what translates page `vpn`, at once: x86-64 does so on a page fault. */
  evict(vpn: number): void {
    for (const entry of this.#store.overlapping(vpn, vpn + 1)) this.#store.remove(entry);
  }

  /**
   * Begins the invalidation of [start, end); it is over at the next {@link Tlb.sync}.
   *
   * @param level - only translations from this level of the tables (arm64 TTL hint). CPUs without the
   *   hint drop more; that a kernel must not rely on.
   */
  invalidateRange(start: number, end: number, level?: TlbLevel): void {
    this.#store.invalidate(start, end, level);
  }

  /** Begins the invalidation of everything. */
  invalidateAll(): void {
    this.#store.invalidate(-Infinity, Infinity, undefined);
  }

  /** Ends all invalidations (the DSB after a TLBI). */
  sync(): void {
    this.#store.sync();
  }

  /** Notes that entries are stored as part of a contiguous block, or not, with no flush in between. */
  noteCont(start: number, nr: number, cont: boolean): void {
    if (this.#arch.toleratesTlbOverlap) return;
    for (const entry of this.#store.overlapping(start, start + nr)) {
      if (entry.level === 'pte' && entry.cont !== cont) {
        this.#report('ContigWindow', 'store', entry, entry.attributes);
      }
    }
  }

  /**
   * Compares every entry, or those of [start, end), with the page tables. What is wrong with an entry
   * is reported once.
   *
   * Call it where nothing may be stale: when a system call or a fault is over. Accessed state is not
   * compared, because ageing leaves it in the TLB on purpose. Dirty state is, also after
   * `clear_young_dirty_ptes`, which by itself flushes nothing: its callers gather and flush.
   */
  check(when: TlbSyncPoint, start?: number, end?: number): void {
    for (const entry of this.#store.overlapping(start ?? -Infinity, end ?? Infinity)) {
      const risks = staleness(this.#arch, this.#tables, entry, (kind, vpn, mapped) => {
        const cached = permissionLetters(entry.attributes);
        const finding = { kind, when, vpn, pages: 1, cached };
        this.#found.add({ ...finding, mapped: permissionLetters(mapped) });
      });
      this.#found.spuriousFaultRisks += risks;
    }
  }

  /** {@link Tlb.check} of what lies in one block with page `vpn`: the end of a fault there. */
  checkFault(vpn: number): void {
    const { contPtes } = this.#arch;
    const base = vpn - (vpn % contPtes);
    this.check('fault', base, base + contPtes);
  }

  /**
   * Notes that `nr` frames from `head` on are free: nothing may translate to them any more. While a
   * gather is open that holds from its end on; see {@link Tlb.checkFreed}.
   */
  frameFreed(head: number, nr: number): void {
    if (this.#tables.tlbFlushPending > 0) this.#freed.push({ head, nr });
    else this.#checkFrames([{ head, nr }]);
  }

  /** Checks the frames that were freed while a gather was open. */
  checkFreed(): void {
    if (this.#freed.length === 0) return;
    this.#checkFrames(this.#freed);
    this.#freed = [];
  }

  #checkFrames(freed: readonly FreedFrames[]): void {
    const frames = new Set<number>();
    for (const { head, nr } of freed) for (let i = 0; i < nr; i++) frames.add(head + i);
    for (const entry of this.#store.overlapping(-Infinity, Infinity)) {
      for (let i = 0; i < entry.pages; i++) {
        if (frames.has(entry.pfn + i)) this.#reportFreed(entry, entry.vpn + i);
      }
    }
  }

  #reportFreed(entry: TlbEntry, vpn: number): void {
    const cached = permissionLetters(entry.attributes);
    const finding = { kind: 'StaleMapping', when: 'free', vpn, pages: 1, cached } as const;
    this.#found.add({ ...finding, mapped: permissionLetters(0) });
  }

  /** Returns what was found since the last call. */
  takeReport(): TlbReport {
    return this.#found.take();
  }
}
