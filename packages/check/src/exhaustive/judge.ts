import type { JudgedCall } from '../call/judged-call.ts';
import { CALL_INVARIANTS } from '../invariants/all.ts';
import type { Finding, Invariant } from '../invariants/invariant.ts';

const SAFETY = CALL_INVARIANTS.filter(({ severity }) => severity === 'safety');
const QUALITY = CALL_INVARIANTS.filter(({ severity }) => severity === 'quality');

function found(invariant: Invariant, call: JudgedCall): Finding | null {
  const finding = invariant.check(call);
  return finding === null ? null : { invariant: invariant.name, ...finding };
}

/** The first rule of safety that a call breaks, or null. */
export function firstViolation(call: JudgedCall): Finding | null {
  for (const invariant of SAFETY) {
    const finding = found(invariant, call);
    if (finding !== null) return finding;
  }
  return null;
}

/** The rules of quality that a call breaks, other than those in `known`. */
export function newRemarks(call: JudgedCall, known: ReadonlyMap<string, unknown>): Finding[] {
  const findings: Finding[] = [];
  for (const invariant of QUALITY) {
    if (known.has(invariant.name)) continue;
    const finding = found(invariant, call);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}
