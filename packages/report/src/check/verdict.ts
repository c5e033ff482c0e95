import type { CheckMachine, TraceLine } from '@ptelab/check';

/** A rule that something broke, where, and why the rule stands. */
export interface BrokenRule {
  /** Name of the invariant. */
  readonly invariant: string;
  readonly rule: string;
  readonly reason: string;
  /** What was found. */
  readonly text: string;
  readonly machine: CheckMachine;
  /** Setting and folio layout. */
  readonly where: string;
}

/** One entry of a counter-example, raw. */
export interface CheckedEntry {
  /** Page of the scenario. */
  readonly page: number;
  readonly before: string;
  /** What per-pte leaves; null if a scenario can't show it. */
  readonly perPte: string | null;
  /** What the judged strategy leaves; null if it did not come to an end. */
  readonly after: string | null;
}

/** A state that refutes a strategy. */
export interface CounterExample extends BrokenRule {
  /** Page of the scenario that shows it; null if it is about the call as a whole. */
  readonly page: number | null;
  readonly entries: readonly CheckedEntry[];
  /** YAML. */
  readonly scenario: string;
  /** What both strategies asked of the page table, in order. */
  readonly traces: {
    readonly perPte: readonly TraceLine[];
    readonly judged: readonly TraceLine[];
  };
  /** Command line that shows it again; null if nothing but the search itself does. */
  readonly command: string | null;
}

/** What was judged, how much of it, and what came out. Plain data. */
export interface CheckVerdict {
  readonly strategy: string;
  readonly machines: readonly CheckMachine[];
  /** What was to be covered, in words; the first line names it. */
  readonly scope: readonly string[];
  /** What {@link states} counts: `state`, or `story`. */
  readonly unit: string;
  readonly states: number;
  /** True if all of the scope was covered. */
  readonly exhaustive: boolean;
  readonly counterExample: CounterExample | null;
  /** Rules of quality that were broken; they refute nothing. */
  readonly remarks: readonly BrokenRule[];
}
