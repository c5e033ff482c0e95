import type { EventCounters } from '@ptelab/pte';

/** What a part of a call's instructions goes into. */
export type InstructionPart =
  | 'syscall'
  | 'vma'
  | 'walk'
  | 'lookup'
  | 'scan'
  | 'upgrade'
  | 'commit'
  | 'contpte'
  | 'icache'
  | 'flush'
  | 'huge'
  | 'faults';

/** Something that a call does a number of times, at a price of its own on each kernel. */
export interface InstructionFeature {
  readonly name: string;
  readonly part: InstructionPart;
  /** How often a call with these events does it. */
  readonly count: (events: Readonly<EventCounters>) => number;
}

/** Entries of a contiguous block, which a conversion swaps and stores all: 4K granule. */
const CONT_PTES = 16;

function converted(events: Readonly<EventCounters>): number {
  return CONT_PTES * (events.unfolds + events.folds);
}

function counter(name: keyof EventCounters, part: InstructionPart): InstructionFeature {
  return { name, part, count: (events) => events[name] };
}

/**
 * What the model counts: loop bodies and functions of mm/mprotect.c, mm/vma.c, mm/huge_memory.c, mm/mmu_gather.c
 * and the architecture's page-table operations. Swaps and stores inside `contpte_convert` and
 * `__split_huge_pmd_locked` are part of those.
 */
export const INSTRUCTION_FEATURES: readonly InstructionFeature[] = [
  { name: 'calls', part: 'syscall', count: () => 1 }, // entry, do_mprotect_pkey, mmap lock, VMA lookup, gather
  counter('vmaChanges', 'vma'), // mprotect_fixup
  counter('vmaSplits', 'vma'), // __split_vma
  counter('vmaMerges', 'vma'), // vma_merge_existing_range
  counter('vmaRemovals', 'vma'), // vma_complete: remove_vma, unlink_anon_vmas
  counter('leafTables', 'walk'), // change_pmd_range, pte_offset_map_lock
  counter('emptyEntries', 'walk'), // change_pte_range, the branch of pte_none
  counter('softleafEntries', 'walk'), // change_softleaf_pte
  { name: 'reads', part: 'walk', count: (events) => events.rawReads - events.batchScans },
  counter('pageLookups', 'lookup'), // vm_normal_page, page_folio, mprotect_folio_pte_batch's test
  counter('batchScans', 'scan'), // folio_pte_batch, per iteration
  counter('paeTests', 'upgrade'), // page_anon_exclusive_sub_batch, per iteration
  // can_change_pte_writable, maybe_change_pte_writable; that of a huge mapping is a part of change_huge_pmd
  {
    name: 'upgradeTests',
    part: 'upgrade',
    count: (events) => Math.min(events.upgradeTests, events.batches),
  },
  {
    name: 'writeUpgrades', // pte_mkwrite
    part: 'upgrade',
    count: (events) => Math.min(events.writeUpgrades, events.commits),
  },
  counter('singleBatches', 'commit'), // change_present_ptes with nr 1
  {
    name: 'largeBatches', // change_present_ptes with nr > 1
    part: 'commit',
    count: (events) => events.batches - events.singleBatches,
  },
  {
    name: 'subBatches', // commit_anon_folio_batch, every further prot_commit_flush_ptes
    part: 'commit',
    count: (events) => Math.max(0, events.commits - events.batches),
  },
  { name: 'swaps', part: 'commit', count: (events) => events.xchg - converted(events) },
  {
    name: 'stores',
    part: 'commit',
    count: (events) => events.rawWrites - converted(events) - events.pmdSplitPages,
  },
  counter('contpteGets', 'contpte'), // contpte_ptep_get
  counter('unfolds', 'contpte'), // __contpte_try_unfold, contpte_convert
  counter('foldAttempts', 'contpte'), // __contpte_try_fold
  counter('folds', 'contpte'), // contpte_convert
  counter('icacheSyncs', 'icache'), // __sync_icache_dcache, caches_clean_inval_pou
  counter('flushRecords', 'flush'), // tlb_flush_pte_range
  counter('flushCalls', 'flush'), // flush_tlb_mm_range, __flush_tlb_range
  counter('tlbiOps', 'flush'), // __flush_tlb_range_op, per TLBI
  counter('invlpg', 'flush'), // flush_tlb_func, per INVLPG
  counter('fullFlushes', 'flush'), // flush_tlb_func, MOV to CR3
  counter('hugePmdChanges', 'huge'), // change_huge_pmd
  // __split_huge_pmd_locked, per page. A split of a file's huge mapping only takes it away.
  counter('pmdSplitPages', 'huge'),
  counter('faults', 'faults'), // handle_mm_fault, from populate_vma_page_range
];
