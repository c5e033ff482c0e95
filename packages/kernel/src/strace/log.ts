/*
 * What a log of strace(1) says about memory, as plain data. Addresses and lengths are in bytes.
 */

/** How a call ended. */
export type CallResult =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'error'; readonly errno: string }
  /** `= ?`: it never came back, or goes on after a signal (`ERESTARTSYS` and its like). */
  | { readonly kind: 'unknown'; readonly restart: string | null }
  /** The log ends, or its process does, before the call returns. */
  | { readonly kind: 'unfinished' };

/** Protection bits as the kernel takes them, and the names of calls that set them. */
export interface MprotectRequest {
  readonly call: 'mprotect' | 'pkey_mprotect';
  readonly start: number;
  readonly length: number;
  readonly prot: number;
  /** Absent for plain `mprotect`. */
  readonly pkey?: number;
}

/** A mapping that was asked for. Where it lies is what the call returned. */
export interface MapRequest {
  readonly call: 'mmap';
  readonly length: number;
  readonly prot: number;
  /** MAP_ bits; see `MAP`. */
  readonly flags: number;
  readonly fd: number;
  /** Path of the file, which strace tells with `-y`. */
  readonly path: string | null;
  readonly offset: number;
}

/** A mapping that was moved, or whose size was changed. */
export interface RemapRequest {
  readonly call: 'mremap';
  readonly start: number;
  readonly oldLength: number;
  readonly newLength: number;
  /** Whether the old place stays mapped (MREMAP_DONTUNMAP). */
  readonly keepsOld: boolean;
}

/** What a followed call asked for. */
export type LoggedRequest =
  | MapRequest
  | MprotectRequest
  | RemapRequest
  | { readonly call: 'munmap'; readonly start: number; readonly length: number }
  | {
      readonly call: 'madvise';
      readonly start: number;
      readonly length: number;
      /** Name without MADV_, or a number that has none. */
      readonly advice: string;
    }
  | { readonly call: 'brk' }
  | { readonly call: 'fork'; readonly sharesMemory: boolean }
  | { readonly call: 'exec'; readonly program: string };

/** A call that was followed. */
export interface LoggedCall {
  readonly kind: 'call';
  /** Line on which it begins. */
  readonly line: number;
  readonly pid: number;
  /** As in the log: `clone3`, not `fork`. */
  readonly name: string;
  /** Null unless the call succeeded: only then is it looked at. */
  readonly request: LoggedRequest | null;
  readonly result: CallResult;
  /** Time that `-T` gives for the call, strace's own share included. */
  readonly ns: number | null;
  /** First frame of a stack trace (`-k`) that is not the C library's, or null without one. */
  readonly frame: string | null;
}

/** Something else that changes who has which memory. */
export type LoggedProcessEvent =
  | { readonly kind: 'exit'; readonly pid: number }
  /** A thread's exec ends all others, and goes on under the pid of the first. */
  | { readonly kind: 'superseded'; readonly pid: number; readonly by: number }
  /** The process of lines without a pid turns out to have this one. */
  | { readonly kind: 'named'; readonly pid: number };

/** What a log says about memory, in order. */
export type LogEvent = LoggedCall | LoggedProcessEvent;

/** Pid of the process whose lines bear none, until one shows which it is. */
export const UNNAMED_PID = 0;

/** Every line of a log is of one of these kinds. */
export interface LineCounts {
  total: number;
  /** Begin a call that maps memory or changes it. */
  memory: number;
  /** Begin a call that makes, replaces or ends a process. */
  process: number;
  /** Begin another call. */
  other: number;
  /** Go on with a call that an earlier line began, mostly to its end (`<... resumed>`). */
  resumed: number;
  signals: number;
  exits: number;
  /** Frames of stack traces. */
  frames: number;
  /** Messages of strace itself, and empty lines. */
  notices: number;
  /** Cut off by the end of the log. */
  cut: number;
  unparsable: number;
}

/** What became of the calls of one name. */
export interface CallCounts {
  /** Lines that tell of it: one for each beginning, and one for each part that follows. */
  lines: number;
  /** Beginnings: calls, not lines. */
  calls: number;
  succeeded: number;
  failed: number;
  /** Returned `?`: the process ended in it, or a signal came and the kernel starts it again. */
  unknown: number;
  /** Never returned: the log or the process ended. */
  unfinished: number;
  /** Ends of calls whose beginning the log does not have. */
  withoutBeginning: number;
}

/** A place in a log. */
export interface LogPlace {
  readonly line: number;
  /** The name of the call, or the start of the line. */
  readonly text: string;
}

/** A whole log. */
export interface StraceLog {
  /** File, or `-`. */
  readonly source: string;
  readonly lines: Readonly<LineCounts>;
  /** By name, in order of first appearance. */
  readonly calls: ReadonlyMap<string, Readonly<CallCounts>>;
  readonly events: readonly LogEvent[];
  /** The first lines that mean nothing. */
  readonly unparsable: readonly LogPlace[];
  /** The first calls that never returned. */
  readonly unfinished: readonly LogPlace[];
  /** The line that the end of the log cut off, or null. */
  readonly cut: LogPlace | null;
}
