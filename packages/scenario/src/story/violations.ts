import type { AddressSpace } from '@ptelab/mm';
import { isTlbViolation, type TlbFinding, type TlbViolationKind } from '@ptelab/pte';

/** Pages of a TLB that disagree with the page tables; page numbers relative to the story's window. */
export interface TlbPages<Kind = TlbFinding['kind']> {
  readonly kind: Kind;
  /** Child whose TLB it is; absent for the story's own. */
  readonly child?: string;
  readonly at: number;
  readonly pages: number;
  /**
   * Where it was found: at the end of the step (`call`), of a fault, when a frame was freed, when a walk
   * filled the TLB, or when entries were stored.
   */
  readonly when: TlbFinding['when'];
  /** What the TLB allows, e.g. `rw-`. */
  readonly cached: string;
  /** What the page table allows. */
  readonly mapped: string;
}

/** A translation that must not exist where it was found. */
export type Violation = TlbPages<TlbViolationKind>;

/** What the TLBs of a story held against the page tables during one step. */
export interface TlbOutcome {
  readonly violations: readonly Violation[];
  /** Blocks that changed between contiguous and not without break-before-make. */
  readonly contigWindows: readonly TlbPages<'ContigWindow'>[];
  /** Pages whose translation allowed less than the page table: legal. */
  readonly spuriousFaultRisks: number;
  /** Overlapping translations that the CPU puts up with. */
  readonly toleratedOverlaps: number;
}

/** Collects the findings of a story's TLBs, one step at a time. */
export class ViolationLog {
  readonly #base: number;
  #violations: Violation[] = [];
  #contigWindows: TlbPages<'ContigWindow'>[] = [];
  #spuriousFaultRisks = 0;
  #toleratedOverlaps = 0;

  /** `base` is the virtual page of the story's page 0. */
  constructor(base: number) {
    this.#base = base;
  }

  /** Takes what the TLB of an address space found. */
  collect(mm: AddressSpace, child?: string): void {
    if (mm.tlb === null) return;
    const { findings, spuriousFaultRisks, toleratedOverlaps } = mm.tlb.takeReport();
    for (const finding of findings) {
      const { when, pages, cached, mapped } = finding;
      const at = finding.vpn - this.#base;
      const place = { ...(child === undefined ? {} : { child }), at, pages, when, cached, mapped };
      if (isTlbViolation(finding)) this.#violations.push({ kind: finding.kind, ...place });
      else this.#contigWindows.push({ kind: 'ContigWindow', ...place });
    }
    this.#spuriousFaultRisks += spuriousFaultRisks;
    this.#toleratedOverlaps += toleratedOverlaps;
  }

  /** Returns what came together since the last call. */
  take(): TlbOutcome {
    const outcome = {
      violations: this.#violations,
      contigWindows: this.#contigWindows,
      spuriousFaultRisks: this.#spuriousFaultRisks,
      toleratedOverlaps: this.#toleratedOverlaps,
    };
    this.#violations = [];
    this.#contigWindows = [];
    this.#spuriousFaultRisks = 0;
    this.#toleratedOverlaps = 0;
    return outcome;
  }
}
