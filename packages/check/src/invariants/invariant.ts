import type { JudgedCall } from '../call/judged-call.ts';

/** A broken rule, found in one judged call. */
export interface Finding {
  /** Name of the invariant. */
  readonly invariant: string;
  /** Slot that shows it, counted from the window; null if it is about the call as a whole. */
  readonly slot: number | null;
  /** One line: what was found. */
  readonly text: string;
}

/**
 * How bad a broken rule is. `safety`: data, permissions or the walk's contract are at stake, and the
 * strategy is refuted. `quality`: nothing breaks, but the precondition of an argument or a precision
 * is lost; noted beside the verdict.
 */
export type Severity = 'safety' | 'quality';

/** One rule that every protection change must keep. */
export interface Invariant {
  /** Kebab-case name. */
  readonly name: string;
  /** What must hold, in a line. */
  readonly rule: string;
  /** Why, in a line. */
  readonly reason: string;
  readonly severity: Severity;
  /** Looks at a call; returns what is wrong first, or null. */
  check(call: JudgedCall): Omit<Finding, 'invariant'> | null;
}
