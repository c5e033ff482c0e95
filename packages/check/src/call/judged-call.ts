import { isCowMapping, vmaSoftDirtyEnabled, type AddressSpace, type Vma } from '@ptelab/mm';
import type { Arch, Pgprot, Pte } from '@ptelab/pte';
import type { CallLog } from './call-log.ts';

/** Entries of a window, as the words of a page table. */
export class Entries {
  readonly pfn: Int32Array;
  readonly bits: Int32Array;

  constructor(length: number) {
    this.pfn = new Int32Array(length);
    this.bits = new Int32Array(length);
  }

  /** Copies the entry of a slot to `out`. */
  read(slot: number, out: Pte): Pte {
    out.pfn = this.pfn[slot] ?? 0;
    out.bits = this.bits[slot] ?? 0;
    return out;
  }

  /** Bits word of a slot. */
  at(slot: number): number {
    return this.bits[slot] ?? 0;
  }
}

/** What lies behind a slot of the window before the call. */
export interface PageFacts {
  /** Head frame of the folio, or -1 if the slot maps no page that mm knows. */
  readonly head: Int32Array;
  /** 1 for anonymous pages (KSM pages among them). */
  readonly anon: Uint8Array;
  /** PageAnonExclusive, where `anon` is 1. */
  readonly exclusive: Uint8Array;
  /** 1 for pages that the NUMA scanner leaves alone, whatever their entry says. */
  readonly numaFiltered: Uint8Array;
}

/** Makes facts for `length` slots. */
export function makePageFacts(length: number): PageFacts {
  return {
    head: new Int32Array(length).fill(-1),
    anon: new Uint8Array(length),
    exclusive: new Uint8Array(length),
    numaFiltered: new Uint8Array(length),
  };
}

/**
 * One protection change as a judge sees it: a window of entries before and after, the pages behind
 * them, and what was asked of the page table in between.
 */
export interface JudgedCall {
  readonly arch: Arch;
  readonly mm: AddressSpace;
  /** Virtual page of slot 0. */
  readonly base: number;
  /** The VMA, with the flags that the call gave it. */
  readonly vma: Vma;
  readonly newprot: Pgprot;
  readonly cpFlags: number;
  /** Slots of the window. */
  readonly slots: number;
  /** First slot that the call covers; the slots around it are neighbours. */
  readonly from: number;
  /** Slot after the last that the call covers. */
  readonly to: number;
  readonly before: Entries;
  readonly after: Entries;
  readonly pages: PageFacts;
  readonly log: CallLog;
  /** Pages that the walk counted; null if the window is only a part of what was walked. */
  counted: number | null;
}

/** True if each entry's soft-dirty bit matters in the VMA. */
export function tracksSoftDirty(call: JudgedCall): boolean {
  return vmaSoftDirtyEnabled(call.arch.softDirty, call.vma);
}

/** True if a writable entry of the VMA must map a page that nobody else reads. */
export function isPrivate(call: JudgedCall): boolean {
  return isCowMapping(call.vma.flags);
}
