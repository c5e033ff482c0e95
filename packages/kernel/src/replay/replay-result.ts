import type { MachineSpec } from '@ptelab/scenario';
import type { ReplayTally } from './tally.ts';
import type { TouchPolicy } from './touch-policy.ts';

/** Where a program changes protection: without stack traces a place is what is common to its calls. */
export interface ReplaySite extends ReplayTally {
  /** Name of the program, or null if the log does not say. */
  readonly program: string | null;
  /** Pid, for a program without a name. */
  readonly pid: number | null;
  /** Protection before and after: `none`, `r`, `rw` ...; `unknown` for memory older than the log. */
  readonly from: string;
  readonly to: string;
  /** Smallest power of two that no call's length exceeds; null for sites that a stack trace tells. */
  readonly mostBytes: number | null;
  /** First frame of the stack trace that is not the C library's, or null without one. */
  readonly frame: string | null;
}

/** Calls of one process, from one exec to the next. */
export interface ReplayProcess extends ReplayTally {
  readonly pid: number;
  readonly program: string | null;
}

/** Calls on one range of one process. */
export interface ReplayRange extends ReplayTally {
  readonly pid: number;
  readonly program: string | null;
  /** First byte, in hexadecimal. */
  readonly start: string;
  readonly bytes: number;
}

/** Calls whose length lies above half of this and not above it. */
export interface ReplaySize extends ReplayTally {
  readonly mostBytes: number;
}

/** Memory that was there before the log told of it. */
export interface UnknownMemory {
  /** Name of the call that named it. */
  readonly call: string;
  readonly mappings: number;
  readonly pages: number;
}

/** A call that the kernel of the log took and the model refuses. */
export interface ReplayMismatch {
  readonly line: number;
  readonly call: string;
  /** What the log says, and what the model. */
  readonly expected: string;
  readonly found: string;
}

/** What became of the calls of a log. */
export interface ReplayCalls {
  /** Calls that were carried out, mprotect among them. */
  readonly applied: number;
  /** Failed, so not carried out. */
  readonly failed: number;
  /** Without a known result, so not carried out. */
  readonly unknown: number;
  /** Never returned, so not carried out. */
  readonly unfinished: number;
}

/** A log, replayed on one machine. Plain data. */
export interface Replay {
  readonly machine: MachineSpec;
  /** Orders of the folios that anonymous memory may use; empty: single pages. */
  readonly folioOrders: readonly number[];
  readonly touch: TouchPolicy;
  readonly calls: ReplayCalls;
  /** All mprotect and pkey_mprotect calls that succeeded. */
  readonly total: ReplayTally;
  readonly sites: readonly ReplaySite[];
  readonly processes: readonly ReplayProcess[];
  readonly ranges: readonly ReplayRange[];
  readonly sizes: readonly ReplaySize[];
  /** Address spaces. */
  readonly spaces: number;
  /** Processes and threads whose beginning the log does not show, taken as threads of one process. */
  readonly unknownBeginnings: number;
  readonly unknownMemory: readonly UnknownMemory[];
  /** Pages that the policy wrote, and the faults that it took. */
  readonly written: { readonly pages: number; readonly faults: number };
  /** What calls asked for and the model leaves out, by name. */
  readonly notModelled: Readonly<Record<string, number>>;
  /** Calls of which the model says something else than the log. */
  readonly mismatches: number;
  /** The first of them. */
  readonly firstMismatches: readonly ReplayMismatch[];
}
