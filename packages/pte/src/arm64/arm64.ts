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
import { pmdpSetAccessFlags, ptepSetAccessFlags } from './access-flags.ts';
import { arm64PfnPte, arm64PtePfn } from './address.ts';
import { ARM64_PTE_POI, ARM64_PTE_SH } from './bits.ts';
import { decodeArm64 } from './decode.ts';
import * as entry from './entry.ts';
import { contComparable, hardwareAccess, hardwareAccessPmd, tlbAttributes } from './hardware.ts';
import { decodeNonPresent, encodeNonPresent } from './non-present.ts';
import * as ops from './page-table.ts';
import { ARM64_GEOMETRY, type Arm64Granule, type Arm64Params } from './params.ts';
import { pmdLeaf, pmdProt } from './pmd.ts';
import { arm64PageProt } from './protections.ts';
import { arm64FlushTlbMm, arm64FlushTlbRange, flushAccessFlags, syncTlb } from './tlb.ts';
import { clearFlushYoung, clearYoungDirty, testAndClearYoung } from './young.ts';

/** Choices of an arm64 machine. Only the kernel release has no default. */
export interface Arm64Options {
  /** Kernel release whose rules apply. */
  readonly kernel: KernelRelease;
  /** Translation granule. @defaultValue `'4k'` */
  readonly granule?: Arm64Granule;
  /** 52-bit output addresses (LPA2 with 4k and 16k, LPA with 64k). @defaultValue false */
  readonly pa52?: boolean;
  /** FEAT_TLBIRANGE. @defaultValue true */
  readonly tlbiRange?: boolean;
  /** BBML2_NOABORT or BBML3. @defaultValue false */
  readonly bbml2?: boolean;
  /** Hardware access flag and dirty state. @defaultValue true */
  readonly hwAfDbm?: boolean;
  /** REPEAT_TLBI erratum workaround. @defaultValue false */
  readonly repeatTlbi?: boolean;
  /** Kernel unmapped at EL0. @defaultValue false */
  readonly kpti?: boolean;
  /** Execute-only mappings. @defaultValue false */
  readonly epan?: boolean;
  /** Erratum 2645198 workaround. @defaultValue false */
  readonly erratum2645198?: boolean;
  /** Rules to change against the release, for what-if questions. @defaultValue none */
  readonly features?: Partial<KernelFeatures>;
}

/** An arm64 machine; see {@link arm64}. */
export class Arm64 implements Arch {
  readonly name = 'arm64';
  readonly kernel: KernelRelease;
  readonly features: KernelFeatures;
  readonly pageShift: number;
  readonly ptesPerTable: number;
  readonly contPtes: number;
  readonly swapPfnBits: number;
  /** arm64 has no soft-dirty bit in any release up to 7.3. */
  readonly softDirty = false;
  readonly flushesPerVma = true;
  readonly pmdInvalidateAdFlushes = true;
  readonly faultDropsTranslation = false;
  readonly toleratesTlbOverlap: boolean;
  readonly wantsOldPrefaultedPte: boolean;
  /** The record that the operations work from. */
  readonly params: Arm64Params;
  readonly #swapTypes: SwapTypes;

  /** Use {@link arm64}. */
  constructor(params: Arm64Params, kernel: KernelRelease) {
    this.params = params;
    this.kernel = kernel;
    this.features = params.features;
    this.pageShift = params.pageShift;
    this.ptesPerTable = params.ptesPerTable;
    this.contPtes = params.contPtes;
    this.wantsOldPrefaultedPte = params.hwAfDbm;
    this.toleratesTlbOverlap = params.bbml2;
    this.swapPfnBits = (params.pa52 ? 52 : 48) - params.pageShift;
    this.#swapTypes = swapTypes(params.features.deviceSwapTypes);
  }

  pteNone(pte: Readonly<Pte>): boolean {
    return pte.bits === 0 && pte.pfn === 0;
  }
  ptePresent(bits: number): boolean {
    return entry.ptePresent(bits);
  }
  pteWrite(bits: number): boolean {
    return entry.pteWrite(bits);
  }
  pteDirty(bits: number): boolean {
    return entry.pteDirty(bits);
  }
  pteYoung(bits: number): boolean {
    return entry.pteYoung(bits);
  }
  pteSoftDirty(): boolean {
    return false;
  }
  pteUffdWp(bits: number): boolean {
    return entry.pteUffdWp(bits);
  }
  pteSpecial(bits: number): boolean {
    return entry.pteSpecial(bits);
  }
  pteProtnone(bits: number): boolean {
    return entry.pteProtnone(bits);
  }
  pteValidCont(bits: number): boolean {
    return entry.pteValidCont(bits);
  }
  pteWrprotect(bits: number): number {
    return entry.pteWrprotect(bits);
  }
  pteMkwrite(bits: number): number {
    return entry.pteMkwrite(bits);
  }
  pteMkdirty(bits: number): number {
    return entry.pteMkdirty(bits);
  }
  pteMkclean(bits: number): number {
    return entry.pteMkclean(bits);
  }
  pteMkyoung(bits: number): number {
    return entry.pteMkyoung(bits);
  }
  pteMkold(bits: number): number {
    return entry.pteMkold(bits);
  }
  pteMksoftDirty(bits: number): number {
    return bits;
  }
  pteClearSoftDirty(bits: number): number {
    return bits;
  }
  pteMkuffdWp(bits: number): number {
    return entry.pteMkuffdWp(bits);
  }
  pteClearUffdWp(bits: number): number {
    return entry.pteClearUffdWp(bits);
  }
  pteMkspecial(bits: number): number {
    return entry.pteMkspecial(bits);
  }
  pteMkcont(bits: number): number {
    return entry.pteMkcont(bits, this.features.mkcontSetsType);
  }
  pteModify(pte: Readonly<Pte>, prot: Pgprot, out: Pte): void {
    out.pfn = pte.pfn;
    out.bits = entry.pteModifyBits(pte.bits, prot);
  }
  pteSame(a: Readonly<Pte>, b: Readonly<Pte>): boolean {
    return entry.pteSame(a, b);
  }
  ptePfn(pte: Readonly<Pte>): number {
    return arm64PtePfn(this.params, pte);
  }
  pfnPte(pfn: number, prot: Pgprot, out: Pte): void {
    arm64PfnPte(this.params, pfn, prot, out);
  }
  pteSetPfn(pte: Readonly<Pte>, pfn: number, out: Pte): void {
    arm64PfnPte(this.params, pfn, pte.bits, out);
  }
  pfnWordStep(): number {
    return this.params.pfnStep;
  }
  pteBatchHint(index: number, bits: number): number {
    return entry.pteValidCont(bits) ? this.contPtes - (index % this.contPtes) : 1;
  }
  pteNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean {
    return this.features.arm64NeedsFlush ? entry.pteNeedsFlush(old, new_) : true;
  }
  vmGetPageProt(vmFlags: number, options: PageProtOptions = {}): Pgprot {
    const prot =
      arm64PageProt(vmFlags, this.params.epan) | (((options.pkey ?? 0) << 28) & ARM64_PTE_POI);
    return this.params.pa52 && this.params.granule !== '64k' ? prot & ~ARM64_PTE_SH : prot;
  }
  decodeNonPresent(pte: Readonly<Pte>): NonPresentEntry {
    return decodeNonPresent(this.#swapTypes, pte);
  }
  encodeNonPresent(nonPresent: NonPresentEntry, out: Pte): void {
    encodeNonPresent(this.#swapTypes, nonPresent, out);
  }
  decode(pte: Readonly<Pte>): DecodedField[] {
    return decodeArm64(this.params, pte, (absent) => this.decodeNonPresent(absent));
  }

  ptepGet(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    ops.ptepGet(this.params, mm, table, index, out);
  }
  setPtes(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>, nr: number): void {
    ops.setPtes(this.params, mm, table, index, pte, nr);
  }
  getAndClearFullPtes(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void {
    ops.getAndClearFullPtes(this.params, mm, table, index, nr, out);
  }
  wrprotectPtes(mm: MmContext, table: PteTable, index: number, nr: number): void {
    ops.wrprotectPtes(this.params, mm, table, index, nr);
  }
  ptepSetAccessFlags(
    mm: MmContext,
    table: PteTable,
    index: number,
    pte: Readonly<Pte>,
    dirty: boolean,
  ): boolean {
    return ptepSetAccessFlags(this.params, mm, table, index, pte, dirty);
  }
  ptepGetLockless(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    ops.ptepGetLockless(this.params, mm, table, index, out);
  }
  setPte(mm: MmContext, table: PteTable, index: number, pte: Readonly<Pte>): void {
    ops.setPte(this.params, mm, table, index, pte);
  }
  pteClear(mm: MmContext, table: PteTable, index: number): void {
    ops.pteClear(this.params, mm, table, index);
  }
  testAndClearYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean {
    return testAndClearYoung(this.params, mm, table, index, nr);
  }
  clearFlushYoungPtes(mm: MmContext, table: PteTable, index: number, nr: number): boolean {
    return clearFlushYoung(this.params, mm, table, index, nr);
  }
  clearYoungDirtyPtes(
    mm: MmContext,
    table: PteTable,
    index: number,
    nr: number,
    clear: YoungDirty,
  ): void {
    clearYoungDirty(this.params, mm, table, index, nr, clear);
  }
  ptepClearFlush(mm: MmContext, table: PteTable, index: number, out: Pte): void {
    ops.ptepClearFlush(this.params, mm, table, index, out);
  }
  clearForUnmap(mm: MmContext, table: PteTable, index: number, out: Pte): boolean {
    return ops.clearForUnmap(this.params, mm, table, index, out);
  }
  modifyProtStart(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void {
    ops.modifyProtStart(this.params, mm, table, index, nr, out);
  }
  modifyProtCommit(
    mm: MmContext,
    table: PteTable,
    index: number,
    old: Readonly<Pte>,
    new_: Readonly<Pte>,
    nr: number,
  ): void {
    ops.modifyProtCommit(this.params, mm, table, index, old, new_, nr);
  }

  pmdProt(prot: Pgprot): Pgprot {
    return pmdProt(prot);
  }
  pmdModify(pmd: Readonly<Pte>, prot: Pgprot, out: Pte): void {
    this.pteModify(pmd, prot, out);
  }
  pmdPfn(pmd: Readonly<Pte>): number {
    return this.ptePfn(pmd);
  }
  pfnPmd(pfn: number, prot: Pgprot, out: Pte): void {
    this.pfnPte(pfn, pmdProt(prot), out);
  }
  hugePmdNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean {
    return this.pteNeedsFlush(old, new_);
  }
  pmdLeaf(pmd: Readonly<Pte>): boolean {
    return pmdLeaf(pmd);
  }

  flushTlbRange(mm: MmContext, range: FlushRange): void {
    arm64FlushTlbRange(this.params, mm, range);
  }
  flushPmdTlbRange(mm: MmContext, vpn: number): void {
    const pages = this.ptesPerTable;
    const end = vpn + pages;
    arm64FlushTlbRange(this.params, mm, { start: vpn, end, stride: pages, level: 'pmd' });
  }
  flushTlbMm(mm: MmContext): void {
    arm64FlushTlbMm(this.params, mm);
  }

  tryToUnmapFlush(mm: MmContext): void {
    syncTlb(this.params, mm);
  }
  /** Up to 6.18 nothing: upgrades flush every CPU, and there is nothing to repair. */
  flushTlbFixSpuriousFault(mm: MmContext, vpn: number): void {
    if (this.features.localFlushOnFault) flushAccessFlags(this.params, mm, vpn, 1);
  }
  pmdpSetAccessFlags(mm: MmContext, vpn: number, pmd: Pte, bits: number, dirty: boolean): void {
    pmdpSetAccessFlags(this.params, mm, vpn, pmd, bits, dirty);
  }

  tlbAttributes(bits: number, huge: boolean): number {
    return tlbAttributes(this.params, bits, huge);
  }
  contComparable(bits: number): number {
    return contComparable(bits);
  }

  hardwareAccess(table: PteTable, index: number, kind: AccessKind): HardwareAccess {
    return hardwareAccess(this.params, table, index, kind);
  }
  hardwareAccessPmd(pmd: Pte, kind: AccessKind): HardwareAccess {
    return hardwareAccessPmd(this.params, pmd, kind);
  }
}

/**
 * Makes an arm64 machine as one kernel release drives it.
 *
 * @example
 * ```ts
 * const arch = arm64({ kernel: '7.3', granule: '4k', tlbiRange: true });
 * ```
 */
export function arm64(options: Arm64Options): Arm64 {
  const { kernel, ...choices } = options;
  const granule = choices.granule ?? '4k';
  return new Arm64(
    {
      granule,
      pa52: false,
      tlbiRange: true,
      bbml2: false,
      hwAfDbm: true,
      repeatTlbi: false,
      kpti: false,
      epan: false,
      erratum2645198: false,
      ...choices,
      ...ARM64_GEOMETRY[granule],
      features: { ...kernelFeatures(kernel), ...choices.features },
    },
    kernel,
  );
}
