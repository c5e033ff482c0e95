import type { EventCounters } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { HostFacts } from '../proc/host.ts';
import type { SnapshotVma } from '../snapshot/records.ts';
import type { BatchFigures } from './batches.ts';
import type { OrderPages } from './folio-orders.ts';
import type { ThpMap } from './thpmaps.ts';

/** Rounds of taking write permission away and giving it back, on one machine. */
export interface RoundCounts {
  readonly machine: MachineSpec;
  /** Calls of each direction. */
  readonly calls: number;
  readonly protect: EventCounters;
  readonly restore: EventCounters;
}

/** What was found about a VMA. */
export interface VmaAnalysis {
  readonly vma: SnapshotVma;
  /** Pages that are swapped out. */
  readonly swapped: number;
  /** Present pages whose frame or flags are hidden: nothing is known about their folios. */
  readonly hidden: number;
  /** Null if thpmaps looks away. */
  readonly thpmaps: ThpMap | null;
  readonly batches: BatchFigures;
  /** Empty for VMAs that can't be written, or have no pages. */
  readonly rounds: readonly RoundCounts[];
}

/** The private anonymous memory that can be written, with folios of one size only. */
export interface WhatIf {
  /** Folio size; single pages are what it is compared with. */
  readonly kb: number;
  /** Pages that it would have. */
  readonly pages: number;
  readonly rounds: readonly RoundCounts[];
}

/** What was found about a snapshot. */
export interface Analysis {
  readonly host: HostFacts;
  readonly vmas: readonly VmaAnalysis[];
  readonly thpmaps: ThpMap;
  readonly orders: readonly OrderPages[];
  readonly batches: BatchFigures;
  /** Size of a contiguous block of arm64 with this page size. */
  readonly contpteKb: number;
  /** All VMAs that can be written. */
  readonly rounds: readonly RoundCounts[];
  /** What `whatIf` is about, as it is. */
  readonly anonymous: Omit<WhatIf, 'kb'>;
  readonly whatIf: readonly WhatIf[];
}
