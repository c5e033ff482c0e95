import type { Pte } from './table.ts';

/**
 * One traced call of a kernel function, as a tracer on the real kernel would show it.
 *
 * Addresses are virtual page numbers. Entries are copies and may be kept.
 */
export type TraceEvent =
  | {
      readonly fn: 'contpte_ptep_get';
      readonly vpn: number;
      /** Set if the call serves another purpose than the operation that is traced. */
      readonly caller?: 'follow_page_pte';
    }
  | {
      readonly fn: 'vm_normal_page';
      /** Page frame of the entry, whatever the answer. */
      readonly pfn: number;
      /** Set if the call serves another purpose than the operation that is traced. */
      readonly caller?: 'follow_page_pte';
    }
  | { readonly fn: 'modify_prot_start'; readonly vpn: number; readonly nr: number }
  | {
      readonly fn: 'modify_prot_commit';
      readonly vpn: number;
      readonly nr: number;
      readonly old: Readonly<Pte>;
      readonly new: Readonly<Pte>;
    }
  | {
      readonly fn: 'contpte_set_ptes';
      readonly vpn: number;
      readonly nr: number;
      readonly pte: Readonly<Pte>;
    }
  | { readonly fn: 'contpte_get_and_clear_full_ptes'; readonly vpn: number; readonly nr: number }
  | {
      readonly fn: 'contpte_try_unfold';
      readonly vpn: number;
      readonly pte: Readonly<Pte>;
      /** True at the edge of a range operation, where compilers inline the call. */
      readonly edge: boolean;
    }
  | { readonly fn: 'contpte_try_fold'; readonly vpn: number; readonly pte: Readonly<Pte> }
  | {
      /** Not a call: one that would have been made if the frame were aligned like the address. */
      readonly fn: 'contpte_try_fold_unaligned';
      readonly vpn: number;
      readonly pte: Readonly<Pte>;
    }
  | { readonly fn: 'contpte_convert'; readonly vpn: number; readonly pte: Readonly<Pte> }
  | {
      readonly fn: 'can_change_pte_writable';
      readonly vpn: number;
      readonly pte: Readonly<Pte>;
    }
  | {
      readonly fn: 'folio_pte_batch';
      /** First page of the batch. */
      readonly vpn: number;
      /** What it returned. */
      readonly nr: number;
    }
  | {
      /** The NUMA scanner notes when it last saw a folio of slow memory. */
      readonly fn: 'folio_xchg_access_time';
      /** Head page of the folio. */
      readonly pfn: number;
    }
  | {
      readonly fn: 'flush_tlb_range';
      /** First virtual page of the range. */
      readonly start: number;
      /** Virtual page after the range. */
      readonly end: number;
      /** Pages per invalidation. */
      readonly stride: number;
    };

/** Receives traced calls in program order. */
export type TraceSink = (event: TraceEvent) => void;
