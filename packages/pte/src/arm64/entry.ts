import type { Pte } from '../table.ts';
import type { Pgprot } from '../arch.ts';
import {
  ARM64_PTE_AF as AF,
  ARM64_PTE_ATTR as ATTR,
  ARM64_PTE_CONT as CONT,
  ARM64_PTE_DIRTY as DIRTY,
  ARM64_PTE_GP as GP,
  ARM64_PTE_NG as PRESENT_INVALID,
  ARM64_PTE_POI as POI,
  ARM64_PTE_PXN as PXN,
  ARM64_PTE_RDONLY as RDONLY,
  ARM64_PTE_SPECIAL as SPECIAL,
  ARM64_PTE_SWBITS as SWBITS,
  ARM64_PTE_TYPE_PAGE as TYPE_PAGE,
  ARM64_PTE_UFFD_WP as UFFD_WP,
  ARM64_PTE_USER as USER,
  ARM64_PTE_UXN as UXN,
  ARM64_PTE_VALID as VALID,
  ARM64_PTE_WRITE as WRITE,
} from './bits.ts';

/*
 * Predicates and transforms on the bits word of an arm64 entry.
 * Source: spec of arch/arm64/include/asm/pgtable.h in 6.12, 7.2 and 7.3 (same rules in all three).
 */

const VALID_CONT = VALID | CONT;
const MODIFY_MASK = USER | PXN | UXN | RDONLY | PRESENT_INVALID | VALID | WRITE | GP | ATTR | POI;

export function pteValid(bits: number): boolean {
  return (bits & VALID) !== 0;
}

export function ptePresent(bits: number): boolean {
  return (bits & (VALID | PRESENT_INVALID)) !== 0;
}

/** The TLB may hold the entry: while flushes are pending that goes for PROT_NONE entries too. */
export function pteAccessible(tlbFlushPending: number, bits: number): boolean {
  return tlbFlushPending > 0 ? ptePresent(bits) : pteValid(bits);
}

export function pteWrite(bits: number): boolean {
  return (bits & WRITE) !== 0;
}

export function pteYoung(bits: number): boolean {
  return (bits & AF) !== 0;
}

/** Hardware dirtied the page: it cleared RDONLY, which DBM allows only where WRITE is set. */
function pteHwDirty(bits: number): boolean {
  return (bits & (WRITE | RDONLY)) === WRITE;
}

export function pteDirty(bits: number): boolean {
  return (bits & DIRTY) !== 0 || pteHwDirty(bits);
}

export function pteUffdWp(bits: number): boolean {
  return (bits & UFFD_WP) !== 0;
}

export function pteSpecial(bits: number): boolean {
  return (bits & SPECIAL) !== 0;
}

export function pteUserExec(bits: number): boolean {
  return (bits & UXN) === 0;
}

/** PROT_NONE: present but invalid, no user access, no user execution. */
export function pteProtnone(bits: number): boolean {
  return (bits & (VALID | PRESENT_INVALID | USER | UXN)) === (PRESENT_INVALID | UXN);
}

export function pteValidCont(bits: number): boolean {
  return (bits & VALID_CONT) === VALID_CONT;
}

/** Keeps hardware dirtiness by copying it to the software bit before RDONLY hides it. */
export function pteWrprotect(bits: number): number {
  const kept = pteHwDirty(bits) ? bits | DIRTY : bits;
  return (kept & ~WRITE) | RDONLY;
}

export function pteMkwrite(bits: number): number {
  const writable = bits | WRITE;
  return (bits & DIRTY) !== 0 ? writable & ~RDONLY : writable;
}

export function pteMkdirty(bits: number): number {
  const dirty = bits | DIRTY;
  return (bits & WRITE) !== 0 ? dirty & ~RDONLY : dirty;
}

export function pteMkclean(bits: number): number {
  return (bits & ~DIRTY) | RDONLY;
}

export function pteMkyoung(bits: number): number {
  return bits | AF;
}

export function pteMkold(bits: number): number {
  return bits & ~AF;
}

export function pteMkspecial(bits: number): number {
  return bits | SPECIAL;
}

export function pteMknoncont(bits: number): number {
  return bits & ~CONT;
}

/** Sets CONT; 6.12 also forced the type bits of a valid page. */
export function pteMkcont(bits: number, setsType: boolean): number {
  return setsType ? bits | CONT | VALID | TYPE_PAGE : bits | CONT;
}

export function pteMkuffdWp(bits: number): number {
  return pteWrprotect(bits | UFFD_WP);
}

export function pteClearUffdWp(bits: number): number {
  return bits & ~UFFD_WP;
}

/** `pte_modify`: permissions from `prot`, identity and state kept. CONT survives; setters strip it. */
export function pteModifyBits(bits: number, prot: Pgprot): number {
  const kept = pteHwDirty(bits) ? bits | DIRTY : bits;
  const modified = (kept & ~MODIFY_MASK) | (prot & MODIFY_MASK);
  return (kept & DIRTY) !== 0 ? pteMkdirty(modified) : modified;
}

function comparable(bits: number): number {
  return ptePresent(bits) ? bits & ~RDONLY : bits;
}

/** `pte_same`: RDONLY of present entries is left out, so hardware dirtying does not break equality. */
export function pteSame(a: Readonly<Pte>, b: Readonly<Pte>): boolean {
  return a.pfn === b.pfn && comparable(a.bits) === comparable(b.bits);
}

/** What folding compares: the entry without accessed and dirty state. */
export function foldComparable(bits: number): number {
  return comparable(pteMkold(pteMkclean(bits)));
}

/**
 * Since 6.19: only a hardware-valid old entry can be cached, and software bits never are.
 *
 * @kernel arch/arm64/include/asm/tlbflush.h pte_needs_flush (6.19; c320dbb7c80d)
 */
export function pteNeedsFlush(old: Readonly<Pte>, new_: Readonly<Pte>): boolean {
  if (!pteValid(old.bits)) return false;
  return old.pfn !== new_.pfn || ((old.bits ^ new_.bits) & ~SWBITS) !== 0;
}
