import type { FaultEffect } from '@ptelab/mm';
import type { EventCounters, TlbPolicy } from '@ptelab/pte';
import type { MachineSpec } from './machine.ts';
import type { DumpedVma, PageDump } from './story/capture.ts';
import type { TlbPages, Violation } from './story/violations.ts';

/** Version of the {@link Run} shape. */
export const RUN_FORMAT_VERSION = 1;

/** A batch that the strategy started: entries of consecutive pages, and how they were committed. */
export interface Batch {
  /** First page, relative to the story's window. */
  readonly at: number;
  readonly nr: number;
  /** Lengths of the commits, in order: more than one where pages differ in PageAnonExclusive. */
  readonly commits: readonly number[];
  /** First entry before and after, raw. */
  readonly old: string;
  readonly new: string;
}

/** A TLB flush, page numbers relative to the story's window. */
export interface FlushedRange {
  readonly at: number;
  readonly pages: number;
  /** Pages per invalidation. */
  readonly stride: number;
}

/** What a protection change did. */
export interface MprotectOutcome {
  readonly error: string | null;
  readonly changed: number;
  readonly batches: readonly Batch[];
  readonly flushes: readonly FlushedRange[];
  /** Page tables around the range before and after; absent unless the run's options ask for them. */
  readonly maps?: { readonly before: PageDump; readonly after: PageDump };
}

/** One checked fact of an expectation. */
export interface ExpectationResult {
  /** What was checked, e.g. `events.rawReads`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly held: boolean;
}

/** One fault that a prediction names. */
export interface PredictedEffect {
  readonly effect: FaultEffect;
  /** Order of the folio that is allocated for the page, or null. */
  readonly order: number | null;
  /** Pages that the fault maps, makes writable or gives access back to, the touched one among them. */
  readonly serves: number;
}

/** Consecutive pages of which the same is predicted, each on its own. */
export interface PredictedPages {
  /** First page, relative to the story's window. */
  readonly at: number;
  readonly pages: number;
  /** Faults of touching one of the pages. */
  readonly faults: number;
  /** What they do, in order. */
  readonly effects: readonly PredictedEffect[];
  /** The signal that the touch would end in, or null. */
  readonly signal: 'SIGBUS' | 'SIGSEGV' | null;
}

/** What one step did: plain data. */
export interface StepResult {
  /** 0-based index of the step in the scenario. */
  readonly step: number;
  /** Line of the scenario file, 0 if there is none. */
  readonly line: number;
  /** The step as an op line. */
  readonly op: string;
  /** What the step cost. */
  readonly events: EventCounters;
  /** Page faults, in all address spaces. */
  readonly faults: number;
  /** Touched pages whose access ended in a signal (SIGSEGV, SIGBUS). */
  readonly signals: number;
  /** Touches that wait after the step for userfaultfd or for a migration; absent if there are none. */
  readonly waits?: number;
  /** Error of a madvise or pin, or null; absent for other steps. */
  readonly error?: string | null;
  /** Faults of each touched page, for `faults` steps. */
  readonly faultVector?: readonly number[];
  /** What touching the pages next would do, for `predict` steps. */
  readonly prediction?: readonly PredictedPages[];
  readonly mprotect?: MprotectOutcome;
  readonly dump?: PageDump;
  readonly vmas?: readonly DumpedVma[];
  /** Translations that must not exist; absent without a TLB. */
  readonly violations?: readonly Violation[];
  /** Blocks that became contiguous, or ceased to be, while the TLB held their other form. */
  readonly contigWindows?: readonly TlbPages[];
  /** Pages whose translation allows less than the page table: an access may fault for nothing. */
  readonly spuriousFaultRisks?: number;
  /** Overlapping translations that the CPU puts up with. */
  readonly toleratedOverlaps?: number;
  readonly expectations: readonly ExpectationResult[];
}

/** What a scenario did on one machine. */
export interface Run {
  readonly formatVersion: typeof RUN_FORMAT_VERSION;
  readonly scenario: { readonly name: string; readonly title: string };
  readonly machine: MachineSpec & { readonly strategy: string };
  /** How contiguous entries got into the TLB; absent if there was none. */
  readonly tlb?: TlbPolicy;
  readonly steps: readonly StepResult[];
  /** The step at which the run ended early because the model lacks something, or null. */
  readonly unsupported: {
    readonly step: number;
    readonly line: number;
    readonly what: string;
  } | null;
}
