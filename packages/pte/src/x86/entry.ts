import type { Pgprot } from '../arch.ts';
import type { Pte } from '../table.ts';
import {
  X86_PTE_ACCESSED as ACCESSED,
  X86_PTE_DIRTY as DIRTY,
  X86_PTE_GLOBAL as GLOBAL,
  X86_PTE_NX as NX,
  X86_PTE_PCD as PCD,
  X86_PTE_PFN_HIGH as PFN_HIGH,
  X86_PTE_PKEY as PKEY,
  X86_PTE_PRESENT as PRESENT,
  X86_PTE_PSE as PSE,
  X86_PTE_PWT as PWT,
  X86_PTE_RW as RW,
  X86_PTE_SAVED_DIRTY as SAVED_DIRTY,
  X86_PTE_SOFT_DIRTY as SOFT_DIRTY,
  X86_PTE_SOFTW4 as SOFTW4,
  X86_PTE_SPECIAL as SPECIAL,
  X86_PTE_UFFD_WP as UFFD_WP,
  X86_PTE_USER as USER,
} from './bits.ts';

/*
 * Predicates and transforms on the words of an x86-64 entry.
 * Kernel: arch/x86/include/asm/pgtable.h, pgtable-invert.h (6.12, 7.2, 7.3).
 */

const PROTNONE = GLOBAL;
const PFN_WORD_SPAN = 2 ** 32;

/** Accessed and dirty are left out: an erratum may set them in an empty entry. */
export function pteNone(pte: Readonly<Pte>): boolean {
  return pte.pfn === 0 && (pte.bits & ~(ACCESSED | DIRTY)) === 0;
}

export function ptePresent(bits: number): boolean {
  return (bits & (PRESENT | PROTNONE)) !== 0;
}

/** The TLB may hold the entry: while flushes are pending that goes for PROT_NONE entries too. */
export function pteAccessible(tlbFlushPending: number, bits: number): boolean {
  return tlbFlushPending > 0 ? ptePresent(bits) : (bits & PRESENT) !== 0;
}

export function pteProtnone(bits: number): boolean {
  return (bits & (PRESENT | PROTNONE)) === PROTNONE;
}

export function pteDirty(bits: number): boolean {
  return (bits & (DIRTY | SAVED_DIRTY)) !== 0;
}

export function pteYoung(bits: number): boolean {
  return (bits & ACCESSED) !== 0;
}

/** RW=0 with D=1 means shadow stack, so a read-only entry keeps its dirtiness in a software bit. */
function mksaveddirty(bits: number): number {
  if ((bits & RW) !== 0 || (bits & DIRTY) === 0) return bits;
  return (bits & ~DIRTY) | SAVED_DIRTY;
}

function clearSaveddirty(bits: number): number {
  if ((bits & RW) === 0 || (bits & SAVED_DIRTY) === 0) return bits;
  return (bits & ~SAVED_DIRTY) | DIRTY;
}

export function pteWrprotect(bits: number): number {
  return mksaveddirty(bits & ~RW);
}

export function pteMkwrite(bits: number): number {
  return clearSaveddirty(bits | RW);
}

/** Marks dirty, and soft-dirty where the kernel tracks that: the root of the soft-dirty spread. */
export function pteMkdirty(bits: number, softDirty: boolean): number {
  return mksaveddirty(bits | DIRTY | (softDirty ? SOFT_DIRTY : 0));
}

export function pteMkclean(bits: number): number {
  return bits & ~(DIRTY | SAVED_DIRTY);
}

export function pteMkuffdWp(bits: number): number {
  return pteWrprotect(bits | UFFD_WP);
}

/** True if the stored frame number is complemented: the L1TF guard of non-present entries. */
export function needsInvert(pfn: number, bits: number): boolean {
  return (bits & PRESENT) === 0 && (bits !== 0 || pfn !== 0);
}

const KEPT_ALWAYS = PFN_HIGH | PCD | PWT | PSE | ACCESSED | SAVED_DIRTY | SPECIAL | UFFD_WP;

/** Bits that a protection change keeps (_PAGE_CHG_MASK). */
export function changeMask(softDirty: boolean, devmap: boolean, dirty: boolean): number {
  return KEPT_ALWAYS | (dirty ? DIRTY : 0) | (softDirty ? SOFT_DIRTY : 0) | (devmap ? SOFTW4 : 0);
}

/**
 * `pte_modify` / `pmd_modify`: permissions from `prot`, the bits of `mask` from the entry.
 *
 * The frame is complemented when the entry crosses between hardware-present and not, and dirtiness
 * moves to where the new write permission wants it.
 */
export function modify(pte: Readonly<Pte>, prot: Pgprot, mask: number, out: Pte): void {
  const old = pte.bits;
  let pfn = pte.pfn;
  let bits = (old & mask) | (prot & ~mask);
  if (needsInvert(pfn, old) !== needsInvert(pfn, bits)) {
    pfn = ~pfn;
    bits ^= PFN_HIGH;
  }
  out.pfn = pfn;
  out.bits = (old & RW) !== 0 ? mksaveddirty(bits) : clearSaveddirty(bits);
}

/** Page frame number of a present entry. */
export function ptePfn(pte: Readonly<Pte>): number {
  const inverted = needsInvert(pte.pfn, pte.bits);
  const low = (inverted ? ~pte.pfn : pte.pfn) >>> 0;
  const high = ((inverted ? ~pte.bits : pte.bits) & PFN_HIGH) >>> 12;
  // Kept apart so that frames below 16 TiB stay integers in compiled code.
  return high === 0 ? low : high * PFN_WORD_SPAN + low;
}

/** Writes to `out` the entry with protection `prot` for frame `pfn`. */
export function pfnPte(pfn: number, prot: Pgprot, out: Pte): void {
  const low = (pfn % PFN_WORD_SPAN) | 0;
  const high = (Math.floor(pfn / PFN_WORD_SPAN) << 12) & PFN_HIGH;
  const inverted = prot !== 0 && (prot & PRESENT) === 0;
  out.pfn = inverted ? ~low : low;
  out.bits = prot | (inverted ? high ^ PFN_HIGH : high);
}

const SOFTWARE = SPECIAL | UFFD_WP | SOFT_DIRTY | SAVED_DIRTY;
const FLUSH_ON_CHANGE = RW | USER | PWT | PCD | PSE | GLOBAL | PKEY | NX;
const FLUSH_ON_CLEAR = DIRTY | PRESENT;

/**
 * `pte_flags_need_flush`: cleared dirty or present, or any permission changed in either direction.
 *
 * @param onClear - bits that count when cleared, beside dirty and present (huge entries: accessed).
 * @kernel arch/x86/include/asm/tlbflush.h pte_needs_flush
 */
export function needsFlush(old: Readonly<Pte>, new_: Readonly<Pte>, onClear: number): boolean {
  if ((old.bits & PRESENT) === 0) return false;
  const sameWords = old.pfn === new_.pfn && ((old.bits ^ new_.bits) & (PFN_HIGH | PRESENT)) === 0;
  if (!sameWords && ptePfn(old) !== ptePfn(new_)) return true;
  const changed = (old.bits ^ new_.bits) & ~SOFTWARE;
  return (
    (changed & old.bits & (FLUSH_ON_CLEAR | onClear)) !== 0 || (changed & FLUSH_ON_CHANGE) !== 0
  );
}
