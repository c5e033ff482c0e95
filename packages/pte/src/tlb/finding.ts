/**
 * What is wrong with a cached translation.
 *
 * - `StaleMapping`: the page table maps nothing there any more, or another frame.
 * - `StalePermission`: the TLB allows an access that the page table does not.
 * - `LostDirty`: the TLB takes the page for dirty, the page table does not: a store leaves no mark.
 * - `ContigMisprogram`: a walk met a contiguous entry whose block is not uniform.
 * - `OverlapConflict`: two cached translations of different size or frame cover one page.
 * - `ContigWindow`: entries became contiguous, or ceased to be, while the TLB held their other form.
 *   No break-before-make, but no wrong translation either: an observation, not a violation.
 */
export type TlbFindingKind =
  | 'ContigMisprogram'
  | 'ContigWindow'
  | 'LostDirty'
  | 'OverlapConflict'
  | 'StaleMapping'
  | 'StalePermission';

/** The kinds that break what the kernel promises. */
export type TlbViolationKind = Exclude<TlbFindingKind, 'ContigWindow'>;

/** See {@link TlbViolationKind}, in alphabetical order. */
export const TLB_VIOLATION_KINDS: readonly TlbViolationKind[] = [
  'ContigMisprogram',
  'LostDirty',
  'OverlapConflict',
  'StaleMapping',
  'StalePermission',
];

/**
 * Where a finding was made: at the end of a system call or of a fault, when a frame was freed, when a
 * walk filled the TLB, or when entries were stored.
 */
export type TlbSyncPoint = 'call' | 'fault' | 'fill' | 'free' | 'store';

/** One thing that was found: plain data. Neighbouring pages with the same finding make one. */
export interface TlbFinding {
  readonly kind: TlbFindingKind;
  readonly when: TlbSyncPoint;
  /** First virtual page. */
  readonly vpn: number;
  readonly pages: number;
  /** What the TLB allows, e.g. `rw-`. */
  readonly cached: string;
  /** What the page table allows, `---` if it maps nothing there. */
  readonly mapped: string;
}

/** True if the finding breaks what the kernel promises. */
export function isTlbViolation(
  finding: TlbFinding,
): finding is TlbFinding & { readonly kind: TlbViolationKind } {
  return finding.kind !== 'ContigWindow';
}

/** What a TLB found since it was last asked. */
export interface TlbReport {
  readonly findings: readonly TlbFinding[];
  /**
   * Pages whose translation allowed less than the page table at some check: legal, the next access
   * may take a spurious fault.
   */
  readonly spuriousFaultRisks: number;
  /** Conflicts that the CPU tolerates (BBML2_NOABORT, BBML3; x86-64). */
  readonly toleratedOverlaps: number;
}

/** Collects findings; neighbours that say the same become one. */
export class TlbFindings {
  #findings: TlbFinding[] = [];
  spuriousFaultRisks = 0;
  toleratedOverlaps = 0;

  /** Adds a finding. */
  add(finding: TlbFinding): void {
    const last = this.#findings.at(-1);
    const continues =
      last?.kind === finding.kind &&
      last.when === finding.when &&
      last.cached === finding.cached &&
      last.mapped === finding.mapped &&
      last.vpn + last.pages === finding.vpn;
    if (!continues) this.#findings.push(finding);
    else this.#findings[this.#findings.length - 1] = { ...last, pages: last.pages + finding.pages };
  }

  /** Returns what was found and forgets it. */
  take(): TlbReport {
    const { spuriousFaultRisks, toleratedOverlaps } = this;
    const findings = this.#findings;
    this.#findings = [];
    this.spuriousFaultRisks = 0;
    this.toleratedOverlaps = 0;
    return { findings, spuriousFaultRisks, toleratedOverlaps };
  }
}
