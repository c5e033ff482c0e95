/**
 * What the page-table operations cost, as plain counters. Counting is always on.
 *
 * One record per address space; {@link takeEvents} reads and resets it.
 */
export interface EventCounters {
  /** Plain 64-bit loads of an entry. */
  rawReads: number;
  /** Plain 64-bit stores of an entry. */
  rawWrites: number;
  /** Atomic swaps of an entry with 0. */
  xchg: number;
  /** Uncontended compare-and-swap loops on an entry. */
  cmpxchg: number;
  /** arm64: `contpte_convert` that clears the contiguous bit of a block. */
  unfolds: number;
  /** arm64: `contpte_convert` that sets the contiguous bit of a block. */
  folds: number;
  /** arm64: getter calls that found a contiguous entry and looked at its block. */
  contpteGets: number;
  /** arm64: fold attempts that passed the inline tests (last slot of a block, last page, valid). */
  foldAttempts: number;
  /** TLB flush requests: one per range, whatever it takes to carry it out. */
  flushCalls: number;
  /** arm64: TLBI instructions, of any form. */
  tlbiOps: number;
  /** arm64: data synchronisation barriers. */
  dsb: number;
  /** x86-64: single-page invalidations. */
  invlpg: number;
  /** Flushes that gave up on the range and emptied the address space's TLB entries. */
  fullFlushes: number;
  /** `vm_normal_page` calls: one struct page lookup each. */
  pageLookups: number;
  /** Reads of a PageAnonExclusive flag. */
  paeTests: number;
  /** Write-upgrade tests (`can_change_pte_writable` and its split forms). */
  upgradeTests: number;
  /** Entries, or runs of a batch committed as one, that the test made writable (`pte_mkwrite`). */
  writeUpgrades: number;
  /** `modify_prot_start` calls: one per batch. */
  batches: number;
  /** `modify_prot_commit` calls: one per sub-batch. */
  commits: number;
  /** Ranges recorded in the TLB gather. */
  flushRecords: number;
  /** PMD mappings split into page tables. */
  pmdSplits: number;
  /** Pages of a huge anonymous folio whose flag, count and entry a PMD split set one by one. */
  pmdSplitPages: number;
  /** arm64: pages whose caches were cleaned line by line for execution (`__sync_icache_dcache`). */
  icacheSyncs: number;
  /** Page faults taken. */
  faults: number;
  /** VMAs whose flags an mprotect changed (`mprotect_fixup` past its early return). */
  vmaChanges: number;
  /** VMAs cut in two (`__split_vma`): a copy, its anon_vma links and a maple tree store. */
  vmaSplits: number;
  /** Changes of flags that joined a neighbour (`vma_merge_existing_range`, maple tree store). */
  vmaMerges: number;
  /** VMAs that a merge left over and that were freed (`vma_complete`). */
  vmaRemovals: number;
  /** Leaf tables that a protection change walked (`change_pte_range` calls). */
  leafTables: number;
  /** Empty entries that a protection change passed over. */
  emptyEntries: number;
  /** Non-present entries that a protection change looked at (`change_softleaf_pte`). */
  softleafEntries: number;
  /** Huge mappings changed as a whole (`change_huge_pmd`). */
  hugePmdChanges: number;
  /** Entries that `folio_pte_batch` compared with the one before. */
  batchScans: number;
  /** Batches of one entry (`modify_prot_start` with nr 1). */
  singleBatches: number;
}

const NAMES = [
  'rawReads',
  'rawWrites',
  'xchg',
  'cmpxchg',
  'unfolds',
  'folds',
  'contpteGets',
  'foldAttempts',
  'flushCalls',
  'tlbiOps',
  'dsb',
  'invlpg',
  'fullFlushes',
  'pageLookups',
  'paeTests',
  'upgradeTests',
  'writeUpgrades',
  'batches',
  'commits',
  'flushRecords',
  'pmdSplits',
  'pmdSplitPages',
  'icacheSyncs',
  'faults',
  'vmaChanges',
  'vmaSplits',
  'vmaMerges',
  'vmaRemovals',
  'leafTables',
  'emptyEntries',
  'softleafEntries',
  'hugePmdChanges',
  'batchScans',
  'singleBatches',
] as const;

/** The counter names, in the order in which reports show them. */
export const EVENT_NAMES: readonly (keyof EventCounters)[] = NAMES;

/** Makes a record in which every counter is zero. */
export function makeEvents(): EventCounters {
  return {
    rawReads: 0,
    rawWrites: 0,
    xchg: 0,
    cmpxchg: 0,
    unfolds: 0,
    folds: 0,
    contpteGets: 0,
    foldAttempts: 0,
    flushCalls: 0,
    tlbiOps: 0,
    dsb: 0,
    invlpg: 0,
    fullFlushes: 0,
    pageLookups: 0,
    paeTests: 0,
    upgradeTests: 0,
    writeUpgrades: 0,
    batches: 0,
    commits: 0,
    flushRecords: 0,
    pmdSplits: 0,
    pmdSplitPages: 0,
    icacheSyncs: 0,
    faults: 0,
    vmaChanges: 0,
    vmaSplits: 0,
    vmaMerges: 0,
    vmaRemovals: 0,
    leafTables: 0,
    emptyEntries: 0,
    softleafEntries: 0,
    hugePmdChanges: 0,
    batchScans: 0,
    singleBatches: 0,
  };
}

/** Adds `more`, `times` over, to the counters; a negative number takes it away. */
export function addEvents(events: EventCounters, more: Readonly<EventCounters>, times = 1): void {
  for (const name of NAMES) events[name] += more[name] * times;
}

/** Returns a copy of the counters and sets them to zero. */
export function takeEvents(events: EventCounters): EventCounters {
  const taken = { ...events };
  for (const name of NAMES) events[name] = 0;
  return taken;
}
