import type { AddressSpace, MmuGather, Vma } from '@ptelab/mm';
import { makePte, type Arch, type Pgprot, type Pte, type PteTable } from '@ptelab/pte';
import { applyUffd, MM_CP_PROT_NUMA, MM_CP_TRY_CHANGE_WRITABLE } from './cp-flags.ts';

/** What one walk is about: the same for all of its tables. */
export interface ProtectionChange {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly gather: MmuGather;
  /** Protection to give to the entries. */
  readonly newprot: Pgprot;
  /** MM_CP flags. */
  readonly cpFlags: number;
}

/**
 * The part of one leaf table that a protection change walks: what a {@link Strategy} works on.
 *
 * One object serves a whole walk; `table` and `end` move on with it. The registers are the
 * strategy's to use between two calls.
 */
export class PteRange {
  readonly mm: AddressSpace;
  readonly arch: Arch;
  readonly vma: Vma;
  readonly gather: MmuGather;
  readonly newprot: Pgprot;
  readonly cpFlags: number;
  /** The caller wants write permission back where it is safe. */
  readonly tryChangeWritable: boolean;
  /** The walk is the NUMA scanner's, which leaves some entries alone. */
  readonly protNuma: boolean;
  table: PteTable;
  /** Index after the last entry of the range in `table`. */
  end = 0;
  /**
   * Index after a batch that a strategy found and takes in more than one call. Starts at 0 in every
   * table.
   */
  batchEnd = 0;
  /** Entries changed so far, as the kernel counts them. */
  pages = 0;
  /** Register for the entry before the change. */
  readonly old: Pte = makePte();
  /** Register for the entry after the change. */
  readonly new: Pte = makePte();
  /** Register for the first old entry of a part of a batch. */
  readonly partOld: Pte = makePte();
  /** Register for the first new entry of a part of a batch. */
  readonly partNew: Pte = makePte();

  constructor(change: ProtectionChange, table: PteTable) {
    this.mm = change.mm;
    this.arch = change.mm.system.arch;
    this.vma = change.vma;
    this.gather = change.gather;
    this.newprot = change.newprot;
    this.cpFlags = change.cpFlags;
    this.tryChangeWritable = (change.cpFlags & MM_CP_TRY_CHANGE_WRITABLE) !== 0;
    this.protNuma = (change.cpFlags & MM_CP_PROT_NUMA) !== 0;
    this.table = table;
  }

  /** Virtual page of entry `index`. */
  vpn(index: number): number {
    return this.table.base + index;
  }

  /** Applies what userfaultfd asks to the bits of a present entry. */
  applyUffd(bits: number): number {
    return applyUffd(this.arch, this.cpFlags, bits);
  }

  /** Writes to `out` the entry that lies `nr` pages behind `pte` in a batch. */
  advancePfn(pte: Readonly<Pte>, nr: number, out: Pte): void {
    out.pfn = (pte.pfn + nr * this.arch.pfnWordStep(pte.bits)) | 0;
    out.bits = pte.bits;
  }
}
