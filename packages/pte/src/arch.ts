import type { KernelFeatures, KernelRelease } from './features.ts';
import type { MmContext } from './mm-context.ts';
import type { NonPresentEntry } from './non-present.ts';
import type { Pte, PteTable } from './table.ts';
import type { TlbLevel } from './tlb/entry.ts';

/** Architecture names, as the command line spells them. */
export type ArchName = 'arm64' | 'x86-64';

/** A page protection: the bits word of an entry whose pfn field is zero (`pgprot_t`). */
export type Pgprot = number;

/** What a CPU does to memory through a mapping. */
export type AccessKind = 'read' | 'write' | 'exec';

/**
 * Result of a hardware access: `ok`, or why the CPU faults.
 *
 * `access-flag` is arm64 without hardware AF.
 */
export type HardwareAccess = 'ok' | 'translation' | 'permission' | 'access-flag';

/** Options of {@link Arch.vmGetPageProt} beyond the protection map index. */
export interface PageProtOptions {
  /** Protection key, 0 if none. */
  readonly pkey?: number;
}

/** One named field of a raw entry, as `decode` explains it. */
export interface DecodedField {
  /** Highest raw bit. */
  readonly msb: number;
  /** Lowest raw bit. */
  readonly lsb: number;
  /** Short name, as the architecture manual or the kernel has it. */
  readonly name: string;
  /** Field value, unsigned. */
  readonly value: bigint;
  /** What the value means here, or an empty string. */
  readonly note: string;
}

/** The pure part of an architecture: predicates and transforms on entry values. */
export interface PteLayout {
  /** Which architecture this is. */
  readonly name: ArchName;
  /** The kernel release whose rules apply. */
  readonly kernel: KernelRelease;
  /** The rules, by name. */
  readonly features: KernelFeatures;
  /** log2 of the page size in bytes. */
  readonly pageShift: number;
  /** Entries in a leaf table. */
  readonly ptesPerTable: number;
  /** Entries in a contiguous block; 1 where there are none. */
  readonly contPtes: number;
  /** Bits of the page frame in a migration entry's offset (SWP_PFN_BITS). */
  readonly swapPfnBits: number;
  /** True if entries carry a soft-dirty bit (CONFIG_MEM_SOFT_DIRTY). */
  readonly softDirty: boolean;
  /** True if one TLB gather is flushed for every VMA rather than once for the call. */
  readonly flushesPerVma: boolean;
  /** True if pages mapped ahead of use are old: hardware will set the access flag when it comes. */
  readonly wantsOldPrefaultedPte: boolean;
  /** True if taking a huge mapping down for a change flushes it at once (`pmdp_invalidate_ad`). */
  readonly pmdInvalidateAdFlushes: boolean;

  /** True if the entry is empty. */
  pteNone(pte: Readonly<Pte>): boolean;
  /** True if software counts the entry as present (PROT_NONE included). */
  ptePresent(bits: number): boolean;
  /** True if the entry lets user space write. */
  pteWrite(bits: number): boolean;
  /** True if hardware or software marked the page dirty. */
  pteDirty(bits: number): boolean;
  /** True if the entry was accessed. */
  pteYoung(bits: number): boolean;
  /** True if the soft-dirty bit is set; false where there is none. */
  pteSoftDirty(bits: number): boolean;
  /** True if userfaultfd write-protects the page. */
  pteUffdWp(bits: number): boolean;
  /** True if the mapping has no struct page as far as mm is concerned. */
  pteSpecial(bits: number): boolean;
  /** True if the entry is present for software only (PROT_NONE and NUMA hints). */
  pteProtnone(bits: number): boolean;
  /** True for a valid entry of a contiguous block. */
  pteValidCont(bits: number): boolean;

  /** Takes write permission away and keeps dirtiness. */
  pteWrprotect(bits: number): number;
  /** Gives write permission; does not set dirty. */
  pteMkwrite(bits: number): number;
  /** Marks dirty. x86 with soft-dirty also marks soft-dirty. */
  pteMkdirty(bits: number): number;
  /** Clears hardware and software dirty. */
  pteMkclean(bits: number): number;
  /** Marks accessed. */
  pteMkyoung(bits: number): number;
  /** Clears accessed. */
  pteMkold(bits: number): number;
  /** Marks soft-dirty; identity where there is no such bit. */
  pteMksoftDirty(bits: number): number;
  /** Clears soft-dirty. */
  pteClearSoftDirty(bits: number): number;
  /** Sets the userfaultfd write-protect marker and takes write permission away. */
  pteMkuffdWp(bits: number): number;
  /** Clears the userfaultfd marker only. */
  pteClearUffdWp(bits: number): number;
  /** Marks the mapping special. */
  pteMkspecial(bits: number): number;
  /** Sets the contiguous bit; identity where there are no contiguous blocks. */
  pteMkcont(bits: number): number;

  /** Writes to `out` the entry `pte` with the permissions of `prot`. `out` may be `pte`. */
  pteModify(pte: Readonly<Pte>, prot: Pgprot, out: Pte): void;
  /** Full equality, with the exceptions that the architecture makes (arm64: RDONLY). */
  pteSame(a: Readonly<Pte>, b: Readonly<Pte>): boolean;
  /** Page frame number of a present entry. */
  ptePfn(pte: Readonly<Pte>): number;
  /** Writes to `out` the entry that maps `pfn` with `prot`. */
  pfnPte(pfn: number, prot: Pgprot, out: Pte): void;
  /** Writes to `out` the present entry `pte` as it would be for page frame `pfn`. */
  pteSetPfn(pte: Readonly<Pte>, pfn: number, out: Pte): void;
  /** Change of the pfn word from one page to the next in an entry with these bits. */
  pfnWordStep(bits: number): number;
  /** Entries from `index` to the end of its contiguous block, or 1. */
  pteBatchHint(index: number, bits: number): number;
  /** True if replacing `old` by `new` obliges a TLB flush. */
  pteNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean;

  /** Protection of a new mapping with these VMA flags (`vm_get_page_prot`). */
  vmGetPageProt(vmFlags: number, options?: PageProtOptions): Pgprot;

  /** Reads a non-present, non-empty entry. */
  decodeNonPresent(pte: Readonly<Pte>): NonPresentEntry;
  /** Writes a non-present entry to `out`. */
  encodeNonPresent(entry: NonPresentEntry, out: Pte): void;

  /** Explains a raw leaf entry field by field, from bit 63 down. */
  decode(pte: Readonly<Pte>): DecodedField[];
}

/** Which state {@link PageTableOps.clearYoungDirtyPtes} clears. */
export interface YoungDirty {
  readonly young: boolean;
  readonly dirty: boolean;
}

/** The page-table operations that core mm calls. Each counts what it does in `mm.events`. */
export interface PageTableOps {
  /** Reads an entry; a contiguous entry gathers young and dirty over its block. */
  ptepGet(mm: MmContext, table: PteTable, index: number, out: Pte): void;
  /** Stores `nr` entries that map consecutive pages, the first being `pte`. */
  setPtes(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>, nr: number): void;
  /** Clears `nr` entries; `out` becomes the first, with young and dirty of all. */
  getAndClearFullPtes(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void;
  /** Write-protects `nr` entries (fork). Leaves a flush of the address space owed. */
  wrprotectPtes(mm: MmContext, table: PteTable, index: number, nr: number): void;
  /**
   * Raises access flags on fault: accessed, dirty and write are taken over from `entry`.
   * Returns true if anything changed.
   */
  ptepSetAccessFlags(
    mm: MmContext,
    table: PteTable,
    index: number,
    entry: Readonly<Pte>,
    dirty: boolean,
  ): boolean;
  /** `ptep_get_lockless` without interference: what {@link PageTableOps.ptepGet} returns. */
  ptepGetLockless(mm: MmContext, table: PteTable, index: number, out: Pte): void;
  /** Stores one entry without looking at its neighbours. Core mm does not use it. */
  setPte(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>): void;
  /** Clears one entry with a plain store. */
  pteClear(mm: MmContext, table: PteTable, index: number): void;
  /** Clears accessed state; returns true if there was any. arm64 widens to whole blocks. */
  testAndClearYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean;
  /** As {@link PageTableOps.testAndClearYoungPtes}; arm64 then flushes without waiting. */
  clearFlushYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean;
  /** Clears accessed, dirty or both (MADV_FREE, MADV_COLD). Owes no flush. */
  clearYoungDirtyPtes(
    mm: MmContext,
    table: PteTable,
    index: number,
    nr: number,
    clear: YoungDirty,
  ): void;
  /** Clears an entry and flushes its page if hardware could have cached it. */
  ptepClearFlush(mm: MmContext, table: PteTable, index: number, out: Pte): void;
  /**
   * Clears an entry whose page goes elsewhere (reclaim, migration) and flushes it: at once on x86-64,
   * where no other CPU has to be asked; without waiting on arm64, see {@link TlbOps.tryToUnmapFlush}.
   *
   * @returns true if the flush is to be waited for.
   * @kernel mm/rmap.c try_to_unmap_one, should_defer_flush
   */
  clearForUnmap(mm: MmContext, table: PteTable, index: number, out: Pte): boolean;
  /** Begins a protection change of `nr` entries: they read as empty until the commit. */
  modifyProtStart(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void;
  /** Ends a protection change of `nr` entries, the first going from `old` to `new_`. */
  modifyProtCommit(
    mm: MmContext,
    table: PteTable,
    index: number,
    old: Readonly<Pte>,
    new_: Readonly<Pte>,
    nr: number,
  ): void;
}

/** Huge mappings: one entry of the level above the leaf tables. */
export interface PmdLayout {
  /** Protection of a huge mapping for page protection `prot`. */
  pmdProt(prot: Pgprot): Pgprot;
  /** Page protection bits of a huge entry, for the entries of its split. */
  pmdModify(pmd: Readonly<Pte>, prot: Pgprot, out: Pte): void;
  /** Page frame number that a huge entry maps. */
  pmdPfn(pmd: Readonly<Pte>): number;
  /** Writes to `out` the huge entry that maps `pfn`. */
  pfnPmd(pfn: number, prot: Pgprot, out: Pte): void;
  /** True if replacing huge entry `old` by `new_` obliges a TLB flush. */
  hugePmdNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean;
  /** True if a raw PMD maps a huge page rather than a table. */
  pmdLeaf(pmd: Readonly<Pte>): boolean;
  /**
   * Raises access flags of the huge entry `pmd` of page `vpn` on a fault, in place; flushes if
   * `dirty` and anything changed, where the architecture does.
   */
  pmdpSetAccessFlags(mm: MmContext, vpn: number, pmd: Pte, bits: number, dirty: boolean): void;
}

/** A range of a TLB flush. */
export interface FlushRange {
  /** First virtual page. */
  readonly start: number;
  /** Virtual page after the last. */
  readonly end: number;
  /** Pages per invalidation: 1 for entries, 512 for huge mappings (4K granule). */
  readonly stride: number;
  /**
   * The only level of the tables that changed, where the caller knows it. arm64 gives it to the TLBI
   * as a hint, and other translations may stay.
   */
  readonly level?: TlbLevel;
}

/** TLB maintenance of an address space. */
export interface TlbOps {
  /** Flushes leaf translations of a range. */
  flushTlbRange(mm: MmContext, range: FlushRange): void;
  /** Flushes the range of the huge mapping whose first page is `vpn` (`flush_pmd_tlb_range`). */
  flushPmdTlbRange(mm: MmContext, vpn: number): void;
  /** Flushes everything that the address space has cached. */
  flushTlbMm(mm: MmContext): void;
  /** Waits for the flushes of {@link PageTableOps.clearForUnmap}; before the pages are freed. */
  tryToUnmapFlush(mm: MmContext): void;
  /**
   * After a write fault that found nothing to do: the TLB must have allowed less than the entry of
   * page `vpn` (`flush_tlb_fix_spurious_fault`).
   */
  flushTlbFixSpuriousFault(mm: MmContext, vpn: number): void;
}

/** What a TLB takes over from entries; see `Tlb`. */
export interface TlbView {
  /** True if a page fault drops the translation of its page, so that upgrades need no flush. */
  readonly faultDropsTranslation: boolean;
  /** True if cached translations of one page that differ in size do no harm. */
  readonly toleratesTlbOverlap: boolean;
  /** TLB_ masks of a leaf entry; `huge` for one of the level above. */
  tlbAttributes(bits: number, huge: boolean): number;
  /** The bits in which entries of a contiguous block must be alike. */
  contComparable(bits: number): number;
}

/** What the CPU itself does to entries. */
export interface HardwareOps {
  /** Walks to `index` for an access; updates accessed and dirty where this CPU does that. */
  hardwareAccess(table: PteTable, index: number, kind: AccessKind): HardwareAccess;
  /** As {@link HardwareOps.hardwareAccess}, through a huge mapping. */
  hardwareAccessPmd(pmd: Pte, kind: AccessKind): HardwareAccess;
}

/**
 * One architecture as one kernel release drives it: entry layout, page-table operations, TLB
 * maintenance and hardware behaviour. Made by {@link arm64} and {@link x86_64}; immutable.
 */
export interface Arch extends PteLayout, PageTableOps, PmdLayout, TlbOps, TlbView, HardwareOps {}
