import type {
  AccessKind,
  Arch,
  DecodedField,
  FlushRange,
  HardwareAccess,
  PageProtOptions,
  Pgprot,
  YoungDirty,
} from '../arch.ts';
import { kernelFeatures, type KernelFeatures, type KernelRelease } from '../features.ts';
import type { MmContext } from '../mm-context.ts';
import { swapTypes, type NonPresentEntry, type SwapTypes } from '../non-present.ts';
import type { Pte, PteTable } from '../table.ts';
import {
  X86_PTE_ACCESSED as ACCESSED,
  X86_PTE_PFN_HIGH as PFN_HIGH,
  X86_PTE_PKEY as PKEY,
  X86_PTE_PRESENT as PRESENT,
  X86_PTE_PSE as PSE,
  X86_PTE_RW as RW,
  X86_PTE_SOFT_DIRTY as SOFT_DIRTY,
  X86_PTE_SPECIAL as SPECIAL,
  X86_PTE_UFFD_WP as UFFD_WP,
} from './bits.ts';
import { decodeX86 } from './decode.ts';
import * as entry from './entry.ts';
import { accessEntry, hardwareAccess, tlbAttributes } from './hardware.ts';
import { decodeNonPresent, encodeNonPresent } from './non-present.ts';
import * as ops from './page-table.ts';
import { x86PageProt } from './protections.ts';
import { x86FlushTlbMm, x86FlushTlbRange } from './tlb.ts';

const PKEY_SHIFT = 27; // raw bit 59 in the bits word

/** Choices of an x86-64 machine. Only the kernel release has no default. */
export interface X86Options {
  /** Kernel release whose rules apply. */
  readonly kernel: KernelRelease;
  /** CONFIG_MEM_SOFT_DIRTY. @defaultValue true */
  readonly softDirty?: boolean;
  /** Protection keys (PKU): PROT_EXEC alone takes a key. @defaultValue true */
  readonly pku?: boolean;
  /** Levels of page tables; 5 also widens physical addresses. @defaultValue 4 */
  readonly levels?: 4 | 5;
  /** Rules to change against the release, for what-if questions. @defaultValue none */
  readonly features?: Partial<KernelFeatures>;
}

const PHYSICAL_BITS: Readonly<Record<4 | 5, number>> = { 4: 46, 5: 52 };

/** An x86-64 machine; see {@link x86_64}. */
export class X86 implements Arch {
  readonly name = 'x86-64';
  readonly kernel: KernelRelease;
  readonly features: KernelFeatures;
  readonly pageShift = 12;
  readonly ptesPerTable = 512;
  readonly contPtes = 1;
  readonly swapPfnBits: number;
  readonly softDirty: boolean;
  readonly flushesPerVma = false;
  readonly pmdInvalidateAdFlushes = false;
  readonly faultDropsTranslation = true;
  readonly toleratesTlbOverlap = true;
  readonly wantsOldPrefaultedPte = false;
  /** True if the CPU has protection keys. */
  readonly pku: boolean;
  readonly #swapTypes: SwapTypes;
  private readonly pteChangeMask: number;
  private readonly pmdChangeMask: number;

  /** Use {@link x86_64}. */
  constructor(options: X86Options) {
    const { kernel, softDirty = true, pku = true, levels = 4 } = options;
    this.swapPfnBits = PHYSICAL_BITS[levels] - this.pageShift;
    this.kernel = kernel;
    this.features = { ...kernelFeatures(kernel), ...options.features };
    this.softDirty = softDirty;
    this.pku = pku;
    this.#swapTypes = swapTypes(this.features.deviceSwapTypes);
    this.pteChangeMask = entry.changeMask(softDirty, this.features.devmapBit, true);
    this.pmdChangeMask = entry.changeMask(
      softDirty,
      this.features.devmapBit,
      this.features.pmdModifyKeepsDirty,
    );
  }

  pteNone(pte: Readonly<Pte>): boolean {
    return entry.pteNone(pte);
  }
  ptePresent(bits: number): boolean {
    return entry.ptePresent(bits);
  }
  pteWrite(bits: number): boolean {
    return (bits & RW) !== 0;
  }
  pteDirty(bits: number): boolean {
    return entry.pteDirty(bits);
  }
  pteYoung(bits: number): boolean {
    return entry.pteYoung(bits);
  }
  pteSoftDirty(bits: number): boolean {
    return this.softDirty && (bits & SOFT_DIRTY) !== 0;
  }
  pteUffdWp(bits: number): boolean {
    return (bits & UFFD_WP) !== 0;
  }
  pteSpecial(bits: number): boolean {
    return (bits & SPECIAL) !== 0;
  }
  pteProtnone(bits: number): boolean {
    return entry.pteProtnone(bits);
  }
  pteValidCont(): boolean {
    return false;
  }
  pteWrprotect(bits: number): number {
    return entry.pteWrprotect(bits);
  }
  pteMkwrite(bits: number): number {
    return entry.pteMkwrite(bits);
  }
  pteMkdirty(bits: number): number {
    return entry.pteMkdirty(bits, this.softDirty);
  }
  pteMkclean(bits: number): number {
    return entry.pteMkclean(bits);
  }
  pteMkyoung(bits: number): number {
    return bits | ACCESSED;
  }
  pteMkold(bits: number): number {
    return bits & ~ACCESSED;
  }
  pteMksoftDirty(bits: number): number {
    return this.softDirty ? bits | SOFT_DIRTY : bits;
  }
  pteClearSoftDirty(bits: number): number {
    return this.softDirty ? bits & ~SOFT_DIRTY : bits;
  }
  pteMkuffdWp(bits: number): number {
    return entry.pteMkuffdWp(bits);
  }
  pteClearUffdWp(bits: number): number {
    return bits & ~UFFD_WP;
  }
  pteMkspecial(bits: number): number {
    return bits | SPECIAL;
  }
  pteMkcont(bits: number): number {
    return bits;
  }
  pteModify(pte: Readonly<Pte>, prot: Pgprot, out: Pte): void {
    entry.modify(pte, prot, this.pteChangeMask, out);
  }
  pteSame(a: Readonly<Pte>, b: Readonly<Pte>): boolean {
    return a.pfn === b.pfn && a.bits === b.bits;
  }
  ptePfn(pte: Readonly<Pte>): number {
    return entry.ptePfn(pte);
  }
  pfnPte(pfn: number, prot: Pgprot, out: Pte): void {
    entry.pfnPte(pfn, prot, out);
  }
  pteSetPfn(pte: Readonly<Pte>, pfn: number, out: Pte): void {
    entry.pfnPte(pfn, pte.bits & ~PFN_HIGH, out);
  }
  pfnWordStep(bits: number): number {
    return (bits & PRESENT) === 0 ? -1 : 1;
  }
  pteBatchHint(): number {
    return 1;
  }
  pteNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean {
    return entry.needsFlush(old, new_, 0);
  }
  vmGetPageProt(vmFlags: number, options: PageProtOptions = {}): Pgprot {
    return x86PageProt(vmFlags) | (((options.pkey ?? 0) << PKEY_SHIFT) & PKEY);
  }
  decodeNonPresent(pte: Readonly<Pte>): NonPresentEntry {
    return decodeNonPresent(this.#swapTypes, pte);
  }
  encodeNonPresent(nonPresent: NonPresentEntry, out: Pte): void {
    encodeNonPresent(this.#swapTypes, nonPresent, out);
  }
  decode(pte: Readonly<Pte>): DecodedField[] {
    return decodeX86(pte, (absent) => this.decodeNonPresent(absent));
  }

  ptepGet(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    ops.ptepGet(mm, table, index, out);
  }
  setPtes(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>, nr: number): void {
    ops.setPtes(mm, table, index, pte, nr);
  }
  getAndClearFullPtes(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void {
    ops.getAndClearFullPtes(mm, table, index, nr, this.softDirty, out);
  }
  wrprotectPtes(mm: MmContext, table: PteTable, index: number, nr: number): void {
    ops.wrprotectPtes(mm, table, index, nr);
  }
  ptepSetAccessFlags(
    mm: MmContext,
    table: PteTable,
    index: number,
    pte: Readonly<Pte>,
    dirty: boolean,
  ): boolean {
    return ops.ptepSetAccessFlags(mm, table, index, pte, dirty);
  }
  ptepGetLockless(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    ops.ptepGet(mm, table, index, out);
  }
  setPte(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>): void {
    ops.setPtes(mm, table, index, pte, 1);
  }
  pteClear(mm: MmContext, table: PteTable, index: number): void {
    mm.events.rawWrites++;
    table.pfn[index] = 0;
    table.bits[index] = 0;
  }
  testAndClearYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean {
    return ops.testAndClearYoung(mm, table, index, nr);
  }
  /** x86 leaves the stale accessed state in the TLB: no flush. */
  clearFlushYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean {
    return ops.testAndClearYoung(mm, table, index, nr);
  }
  clearYoungDirtyPtes(
    mm: MmContext,
    table: PteTable,
    index: number,
    nr: number,
    clear: YoungDirty,
  ): void {
    ops.clearYoungDirty(mm, table, index, nr, clear);
  }
  ptepClearFlush(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    this.getAndClearFullPtes(mm, table, index, 1, out);
    if (!entry.pteAccessible(mm.tlbFlushPending, out.bits)) return;
    const start = table.base + index;
    this.flushTlbRange(mm, { start, end: start + 1, stride: 1 });
  }
  clearForUnmap(mm: MmContext, table: PteTable, index: number, out: Pte): boolean {
    this.ptepClearFlush(mm, table, index, out);
    return false;
  }
  modifyProtStart(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void {
    mm.trace?.({ fn: 'modify_prot_start', vpn: table.base + index, nr });
    mm.events.batches++;
    if (nr === 1) mm.events.singleBatches++;
    this.getAndClearFullPtes(mm, table, index, nr, out);
  }
  modifyProtCommit(
    mm: MmContext,
    table: PteTable,
    index: number,
    old: Readonly<Pte>,
    new_: Readonly<Pte>,
    nr: number,
  ): void {
    mm.trace?.({
      fn: 'modify_prot_commit',
      vpn: table.base + index,
      nr,
      old: { ...old },
      new: { ...new_ },
    });
    mm.events.commits++;
    ops.setPtes(mm, table, index, new_, nr);
  }

  pmdProt(prot: Pgprot): Pgprot {
    return prot | PSE;
  }
  pmdModify(pmd: Readonly<Pte>, prot: Pgprot, out: Pte): void {
    entry.modify(pmd, prot, this.pmdChangeMask, out);
  }
  pmdPfn(pmd: Readonly<Pte>): number {
    return entry.ptePfn(pmd);
  }
  pfnPmd(pfn: number, prot: Pgprot, out: Pte): void {
    entry.pfnPte(pfn, prot | PSE, out);
  }
  hugePmdNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean {
    return entry.needsFlush(old, new_, ACCESSED);
  }
  pmdLeaf(pmd: Readonly<Pte>): boolean {
    return (pmd.bits & PSE) !== 0;
  }

  flushTlbRange(mm: MmContext, range: FlushRange): void {
    x86FlushTlbRange(mm, range);
  }
  /** At page stride: always more pages than the ceiling, hence a full flush. */
  flushPmdTlbRange(mm: MmContext, vpn: number): void {
    x86FlushTlbRange(mm, { start: vpn, end: vpn + this.ptesPerTable, stride: 1 });
  }
  flushTlbMm(mm: MmContext): void {
    x86FlushTlbMm(mm);
  }

  /** Nothing: {@link X86.clearForUnmap} has waited. */
  tryToUnmapFlush(): void {
    return;
  }
  /** Nothing: the fault has dropped the translation. */
  flushTlbFixSpuriousFault(): void {
    return;
  }
  /** A plain store without a flush: see {@link X86.flushTlbFixSpuriousFault}. */
  pmdpSetAccessFlags(mm: MmContext, _: number, pmd: Pte, bits: number, dirty: boolean): void {
    if (pmd.bits === bits || !dirty) return;
    mm.events.rawWrites++;
    pmd.bits = bits;
  }

  tlbAttributes(bits: number): number {
    return tlbAttributes(bits);
  }
  contComparable(bits: number): number {
    return bits;
  }

  hardwareAccess(table: PteTable, index: number, kind: AccessKind): HardwareAccess {
    return hardwareAccess(table, index, kind);
  }
  hardwareAccessPmd(pmd: Pte, kind: AccessKind): HardwareAccess {
    return accessEntry(pmd, kind);
  }
}

/**
 * Makes an x86-64 machine as one kernel release drives it.
 *
 * @example
 * ```ts
 * const arch = x86_64({ kernel: '7.2', softDirty: true });
 * ```
 */
export function x86_64(options: X86Options): X86 {
  return new X86(options);
}
