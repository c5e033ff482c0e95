import type { Advice, ThpEnabled } from '@ptelab/mm';
import type { EntryFolio } from '../entries/entry-word.ts';

/*
 * What a story can do. Page numbers are relative to the start of the story's address window;
 * lengths are in pages. The shapes are those of scenario files and follow the op lines of kernel
 * recordings one to one.
 */

/** Permissions as letters in the order r, w, x; `n` or `none` for none. */
export type ProtLetters = 'n' | 'none' | 'r' | 'w' | 'x' | 'rw' | 'rx' | 'wx' | 'rwx';

/** What a mapping shows. */
export type MappingKind = 'anon' | 'shanon' | 'private' | 'shared';

/** A stretch of pages. */
export interface PageRange {
  /** First page. */
  readonly at: number;
  readonly pages: number;
}

/** Pages that are touched one by one. */
export interface TouchRange extends PageRange {
  /** Touch every n-th page. @defaultValue 1 */
  readonly step?: number;
}

/** Enables or disables a folio size for anonymous or shared memory. */
export interface ThpOp {
  readonly op: 'thp';
  readonly kb: number;
  readonly enabled: ThpEnabled;
  /** @defaultValue 'anon' */
  readonly memory?: 'anon' | 'shmem';
}

/** Maps memory at a fixed place. */
export interface MmapOp extends PageRange {
  readonly op: 'mmap';
  readonly prot: ProtLetters;
  readonly kind: MappingKind;
  /** Id of a file of the story, for `private` and `shared`. */
  readonly file?: string;
  /** First page of the file. @defaultValue 0 */
  readonly fileAt?: number;
}

/** Changes protection: the call that everything else is there for. */
export interface MprotectOp extends PageRange {
  readonly op: 'mprotect';
  readonly prot: ProtLetters;
}

/**
 * Unmaps pages, locks them in memory, lets the NUMA scanner pass over them, gives pins back, or begins to
 * move pages to other frames.
 */
export interface RangeOp extends PageRange {
  readonly op: 'munmap' | 'mlock' | 'numa_scan' | 'unpin' | 'migrate_start';
}

/** Puts the memory of pages on a node; the CPU is on node 0, and memory too unless said. */
export interface NodeOp extends PageRange {
  readonly op: 'node';
  /** 0 to 255. */
  readonly node: number;
}

/** Pins pages for DMA, for a long time: a device reads or writes them. */
export interface PinOp extends PageRange {
  readonly op: 'pin';
  /** @defaultValue 'write' */
  readonly access?: 'read' | 'write';
}

/** Gives advice. */
export interface MadviseOp extends PageRange {
  readonly op: 'madvise';
  readonly advice: Advice;
}

/** Moves a mapping to page `to`. */
export interface MremapOp extends PageRange {
  readonly op: 'mremap';
  readonly to: number;
}

/** Reads or writes pages. */
export interface TouchOp extends TouchRange {
  readonly op: 'read' | 'write';
}

/** Touches pages and records the faults of each. */
export interface FaultsOp extends TouchRange {
  readonly op: 'faults';
  readonly label: string;
  readonly access: 'read' | 'write';
}

/** Says what touching each page next would do, without touching any. */
export interface PredictOp extends PageRange {
  readonly op: 'predict';
  readonly access: 'read' | 'write';
  /** Id of a child whose touches to predict. */
  readonly child?: string;
}

/** Makes a child process, which waits for orders (`fork`) or ends at once (`forkexit`). */
export interface ForkOp {
  readonly op: 'fork' | 'forkexit';
  readonly id: string;
}

/** Lets a child touch or unmap pages. */
export interface ChildTouchOp extends TouchRange {
  readonly op: 'child';
  readonly id: string;
  readonly does: 'read' | 'write' | 'munmap';
}

/** Ends a child. */
export interface ChildExitOp {
  readonly op: 'child';
  readonly id: string;
  readonly does: 'exit';
}

/** Writes to clear_refs: 1 clears accessed, 4 clears soft-dirty. */
export interface ClearRefsOp {
  readonly op: 'clear_refs';
  readonly mode: 1 | 4;
}

/** Opens userfaultfd, synchronous or with asynchronous write-protection. */
export interface UffdOp {
  readonly op: 'uffd';
  readonly mode: 'sync' | 'async';
  /**
   * `resolve`: a monitor lifts the protection of each page whose write waits, at once. Without, writes
   * wait until the story does that.
   */
  readonly monitor?: 'resolve';
}

/** Registers pages for write-protection, or takes the registration back. */
export interface UffdRangeOp extends PageRange {
  readonly op: 'uffd_reg' | 'uffd_unreg';
}

/** Write-protects pages through userfaultfd, or lifts it. */
export interface UffdWpOp extends PageRange {
  readonly op: 'uffd_wp';
  readonly on: boolean;
}

/** Creates or opens a file. */
export interface FileOp {
  readonly op: 'file';
  readonly id: string;
  readonly path: string;
  readonly pages: number;
}

/** Writes pages of a file with write(2). */
export interface FwriteOp extends PageRange {
  readonly op: 'fwrite';
  readonly id: string;
  /** Pages per call. @defaultValue 1 */
  readonly chunk?: number;
}

/** Writes a file back. */
export interface FsyncOp {
  readonly op: 'fsync';
  readonly id: string;
}

/** Fills pages with a byte, so that KSM finds them equal. */
export interface FillOp extends PageRange {
  readonly op: 'fill';
  readonly byte: number;
}

/** Lets KSM scan everything. */
export interface KsmOp {
  readonly op: 'ksm';
  readonly useZeroPages: boolean;
}

/** Makes and enables a compressed swap device, disables it, empties the TLB, or ends all migrations. */
export interface PlainOp {
  readonly op: 'zram' | 'swapoff' | 'flushtlb' | 'migrate_end';
}

/**
 * Puts entries into a state directly, whether or not it can be reached: how a checker tells its
 * counter-examples.
 */
export interface EntriesOp {
  readonly op: 'entries';
  readonly at: number;
  /** Folios that the entries map, by a capital letter. */
  readonly folios?: Readonly<Record<string, EntryFolio>>;
  /** One word for each page: `A0:wdy`, `none`, `zero`, `swap`, `guard`, `migration-write:A1` … */
  readonly pages: readonly string[];
}

/** Records the page tables of a range. */
export interface DumpOp {
  readonly op: 'dump';
  readonly label: string;
  /** @defaultValue 0 */
  readonly at?: number;
  /** @defaultValue 512 */
  readonly pages?: number;
  /** Id of a child whose tables to show. */
  readonly child?: string;
}

/** Records the VMAs. */
export interface VmasOp {
  readonly op: 'vmas';
  readonly label: string;
}

/** Settings of a recorder that mean nothing to a model: trace length, tracing off, a sysctl, a pause. */
export interface RecorderOp {
  readonly op: 'seqmax' | 'notrace' | 'sleep' | 'sysw';
  readonly args: readonly string[];
}

/** One step of a story. */
export type Operation =
  | ChildExitOp
  | ChildTouchOp
  | ClearRefsOp
  | DumpOp
  | EntriesOp
  | FaultsOp
  | FileOp
  | FillOp
  | ForkOp
  | FsyncOp
  | FwriteOp
  | KsmOp
  | MadviseOp
  | MmapOp
  | MprotectOp
  | MremapOp
  | NodeOp
  | PinOp
  | PlainOp
  | PredictOp
  | RangeOp
  | RecorderOp
  | ThpOp
  | TouchOp
  | UffdOp
  | UffdRangeOp
  | UffdWpOp
  | VmasOp;
