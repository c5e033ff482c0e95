import type { EventCounters, TraceEvent } from '@ptelab/pte';
import type { DumpedVma } from '@ptelab/scenario';
import { frameBuffers, type TableFrame } from './table-frame.ts';

/** Name of a traced kernel function. */
export type FilmFunction = TraceEvent['fn'];

/** Kernel functions that a film shows; an event holds the index. */
export const FILM_FUNCTIONS: readonly FilmFunction[] = [
  'contpte_ptep_get',
  'vm_normal_page',
  'folio_pte_batch',
  'modify_prot_start',
  'modify_prot_commit',
  'can_change_pte_writable',
  'contpte_get_and_clear_full_ptes',
  'contpte_set_ptes',
  'contpte_try_unfold',
  'contpte_try_fold',
  'contpte_try_fold_unaligned',
  'contpte_convert',
  'folio_xchg_access_time',
  'flush_tlb_range',
];

/** Index in {@link FILM_FUNCTIONS}. */
export function functionCode(fn: FilmFunction): number {
  return FILM_FUNCTIONS.indexOf(fn);
}

/** Traced calls in program order: a column per fact, an element per call. */
export interface FilmEvents {
  readonly count: number;
  /** Index in {@link FILM_FUNCTIONS}. */
  readonly fn: Uint8Array<ArrayBuffer>;
  /** First page that the call is about, relative to the story's window; -1 if it does not say. */
  readonly at: Int32Array<ArrayBuffer>;
  /** Pages that the call is about; what `folio_pte_batch` returned. */
  readonly nr: Int32Array<ArrayBuffer>;
  /** Where in the changes those of this call end: `changeEnd[k]` is the table as after call k. */
  readonly changeEnd: Int32Array<ArrayBuffer>;
  /** Where in the counts those of this call end. */
  readonly countEnd: Int32Array<ArrayBuffer>;
}

/** Stores to entries, in program order; each with both values, so that a film runs both ways. */
export interface FilmChanges {
  /** Index of the entry in the frame. */
  readonly index: Int32Array<ArrayBuffer>;
  readonly oldPfn: Int32Array<ArrayBuffer>;
  readonly oldBits: Int32Array<ArrayBuffer>;
  readonly newPfn: Int32Array<ArrayBuffer>;
  readonly newBits: Int32Array<ArrayBuffer>;
  /** {@link ENTRY_KIND} before and after: a huge mapping may be split on the way. */
  readonly oldKind: Uint8Array<ArrayBuffer>;
  readonly newKind: Uint8Array<ArrayBuffer>;
}

/** What counters rose by, in program order. */
export interface FilmCounts {
  /** Index in `EVENT_NAMES`. */
  readonly counter: Uint8Array<ArrayBuffer>;
  readonly by: Int32Array<ArrayBuffer>;
}

/** A translation that the TLB held after a step. */
export interface FilmTlbEntry {
  readonly at: number;
  readonly pages: number;
  readonly cont: boolean;
}

/** One step on one machine, from the state before it to the state after it. */
export interface StepFilm {
  readonly step: number;
  readonly before: TableFrame;
  readonly after: TableFrame;
  readonly vmas: readonly DumpedVma[];
  readonly vmasBefore: readonly DumpedVma[];
  /** Range of the call, if the step is one that changes protections. */
  readonly range: { readonly at: number; readonly pages: number } | null;
  readonly events: FilmEvents;
  readonly changes: FilmChanges;
  readonly counts: FilmCounts;
  /** Counters of the whole step. */
  readonly total: EventCounters;
  /** Calls that were not kept because there were too many; the state after the step is right anyway. */
  readonly cut: number;
  /** Translations in the TLB after the step; null without a TLB. */
  readonly tlb: readonly FilmTlbEntry[] | null;
}

/** Buffers of a film, to hand over rather than copy. */
export function filmBuffers(film: StepFilm): ArrayBuffer[] {
  const { fn, at, nr, changeEnd, countEnd } = film.events;
  const { index, oldPfn, oldBits, newPfn, newBits, oldKind, newKind } = film.changes;
  const { counter, by } = film.counts;
  const columns = [fn, at, nr, changeEnd, countEnd, index, oldPfn, oldBits, newPfn, newBits];
  return [
    ...frameBuffers(film.before),
    ...frameBuffers(film.after),
    ...[...columns, oldKind, newKind, counter, by].map(({ buffer }) => buffer),
  ];
}
