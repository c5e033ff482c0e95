import type { FaultEffect } from '@ptelab/mm';
import type {
  ArchName,
  EventCounters,
  KernelRelease,
  TlbPolicy,
  TlbViolationKind,
} from '@ptelab/pte';
import type { Operation } from './op/operation.ts';

/** What a step must show. Absent fields are not checked. */
export interface Expectation {
  /** Only on these machines; absent means on all. */
  readonly on?: {
    readonly arch?: readonly ArchName[];
    readonly kernel?: readonly KernelRelease[];
    readonly strategy?: readonly string[];
  };
  /** Error of an mprotect, madvise or pin, or null for success. */
  readonly error?: string | null;
  /** Entries that the call changed. */
  readonly changed?: number;
  /** Lengths of the batches, in order. */
  readonly batches?: readonly number[];
  /** Event counters of the step. */
  readonly events?: Readonly<Partial<EventCounters>>;
  /** Total page faults of the step; those that it predicts, if it does. */
  readonly faults?: number;
  /** How often a predict step says that a fault does this. */
  readonly effects?: Readonly<Partial<Record<FaultEffect, number>>>;
  /** Pages whose access ended in a signal, or would: 0 if all of them may be touched. */
  readonly signals?: number;
  /**
   * Translations in a TLB that must not exist: how many, or of which kinds, each once and in
   * alphabetical order.
   */
  readonly violations?: number | readonly TlbViolationKind[];
  /** Touches that wait after the step, of this step or of earlier ones. */
  readonly waits?: number;
}

/** One step with what it must show. */
export interface ScenarioStep {
  readonly operation: Operation;
  readonly expect: readonly Expectation[];
  /** Line of the scenario file, 1-based; 0 if there is none. */
  readonly line: number;
}

/** A story that anyone can write: operations and expectations. */
export interface Scenario {
  readonly name: string;
  /** One line for people, or an empty string. */
  readonly title: string;
  /** Any length, or an empty string. */
  readonly description: string;
  /** Run with a TLB that can be stale; absent means without. */
  readonly tlb?: TlbPolicy;
  readonly steps: readonly ScenarioStep[];
}
