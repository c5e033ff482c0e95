/** A kernel release that the model knows. */
export type KernelRelease =
  '6.12' | '6.16' | '6.17-rc1' | '6.17' | '6.18' | '6.19' | '7.1' | '7.2' | '7.3';

/** The releases in order of age. */
export const KERNEL_RELEASES: readonly KernelRelease[] = [
  '6.12',
  '6.16',
  '6.17-rc1',
  '6.17',
  '6.18',
  '6.19',
  '7.1',
  '7.2',
  '7.3',
];

/**
 * What differs between releases, by name. Code asks for a feature and never for a version.
 *
 * A release stands for the stable update of it that recordings show (6.12.107, 7.2.13, 7.3.4); what later
 * ones changed is in stable-updates.ts.
 */
export interface KernelFeatures {
  /** arm64 `contpte_ptep_get` stops at the first dirty and young entry. Since 6.17. */
  readonly contpteGetEarlyExit: boolean;
  /** arm64 has its own `modify_prot_start_ptes`, on a range. Since 6.17 (7efa1cd5f89b). */
  readonly modifyProtRange: boolean;
  /** arm64 `contpte_set_ptes` leaves CONT off entries that are not valid. Since 7.3. */
  readonly setPtesSkipsInvalid: boolean;
  /** arm64 `pte_mkcont` also sets the type bits. 6.12. */
  readonly mkcontSetsType: boolean;
  /** arm64 `contpte_convert` skips its flush on BBML2_NOABORT CPUs. Since 6.17 (83bbd6be7d17). */
  readonly bbml2Noabort: boolean;
  /** arm64 `pte_needs_flush` looks at the entries. Since 6.19 (c320dbb7c80d). */
  readonly arm64NeedsFlush: boolean;
  /** arm64 flushes only this CPU after an upgrade on fault. Since 6.19 (cb1fa2e99955). */
  readonly localFlushOnFault: boolean;
  /** arm64 `contpte_ptep_set_access_flags` compares raw entries for its no-op test. 7.0 and stable. */
  readonly accessFlagsRawNoop: boolean;
  /** arm64 young helpers take a range. Since 7.1. */
  readonly youngRange: boolean;
  /** arm64: a range too large for single operations is synchronised twice. Up to 6.19. */
  readonly fullFlushSyncsTwice: boolean;
  /** Bit 57 is the DEVMAP software bit. Up to 6.16. */
  readonly devmapBit: boolean;
  /** Swap types set aside for device memory: 4 up to 6.14, 3 since. */
  readonly deviceSwapTypes: 3 | 4;
  /** x86 `pmd_modify` keeps the dirty bit. Not in 6.12. */
  readonly pmdModifyKeepsDirty: boolean;
  /** `folio_pte_batch` clamps to the folio before it scans. Since 6.15. */
  readonly batchClampsToFolio: boolean;
  /** A write fault may reuse a page of a large anonymous folio. Since 6.15. */
  readonly reuseLargeAnon: boolean;
  /** mremap moves contiguous blocks as a batch. Since 6.17 (f822a9a81a31, 0b5be138ce00). */
  readonly mremapBatches: boolean;
  /**
   * A batch that mremap moves ends where write permission differs. Since 6.18 and 6.17 stable; 6.17-rc1
   * gives all entries that of the first.
   */
  readonly mremapRespectsWrite: boolean;
  /** MADV_GUARD_INSTALL and guard markers exist. Since 6.13. */
  readonly guardMarkers: boolean;
  /**
   * A VMA with guard regions is marked (VM_MAYBE_GUARD); before, it got an anon_vma, also if it maps a file.
   * Since 6.19 and 6.18 stable.
   */
  readonly guardVmaFlag: boolean;
  /** ext4 keeps large folios in its page cache. Since 6.16. */
  readonly ext4LargeFolios: boolean;
  /** tmpfs takes folios of any size where its huge= option allows them. Since 6.14. */
  readonly shmemWriteOrders: boolean;
  /** A read fault maps a writable page of a dirty folio dirty. Since 6.14. */
  readonly faultMapsDirtyDirty: boolean;
  /** A fault in a file maps all of a large folio that fits. Since 6.18; anonymous shmem before. */
  readonly wholeFolioFaults: boolean;
  /** A large folio that is mapped as a whole into a locked VMA is locked at once. Since 6.18. */
  readonly rmapLocksLarge: boolean;
  /** A folio in a per-CPU batch of the LRU keeps its LRU flag. Since 6.17, and before 6.11. */
  readonly lruBatchKeepsFlag: boolean;
  /** MADV_COLLAPSE needs no writable entry among those that it replaces. Since 6.18. */
  readonly collapseReadOnly: boolean;
  /** The huge zero page is mapped by a special entry. Since 6.18. */
  readonly hugeZeroSpecial: boolean;
  /** VMA merging ignores and keeps VM_SOFTDIRTY of both sides. Since 6.19. */
  readonly stickyVmaFlags: boolean;
  /** mprotect tests `pte_protnone` for NUMA before the page lookup. Since 6.19. */
  readonly numaProtnoneFirst: boolean;
  /** The NUMA scanner leaves pinned pages of every mapping alone, not only of COW ones. Since 6.19. */
  readonly numaSkipsPinned: boolean;
  /** The NUMA scanner asks of a huge mapping what it asks of an entry. Since 6.19. */
  readonly numaFiltersPmd: boolean;
  /**
   * `folio_maybe_mapped_shared`, which knows who maps a large folio. Since 6.15; before,
   * `folio_likely_mapped_shared` guessed from its first page.
   */
  readonly maybeMappedShared: boolean;
  /** Swapped pages are read through the swap cache, which leaves them dirty when it lets go. 7.2. */
  readonly swapinDirties: boolean;
  /** Freeing the pages of an unmapped range works the LRU batches off. 6.12; not in 6.18 and 7.2. */
  readonly freeDrainsLru: boolean;
  /** A folio that a fault adds to the LRU is referenced; before it was active on its way there. 7.2. */
  readonly faultReferences: boolean;
  /** MADV_FREE takes the referenced flag of a folio away. 6.12; 7.2 keeps it. */
  readonly lazyfreeUnreferences: boolean;
  /** /proc/kpageflags calls every anonymous page KSM. 6.12; 7.2 no longer does. */
  readonly anonShowsKsm: boolean;
  /** /proc/PID/pagemap has a bit for guard regions. Since 6.15. */
  readonly pagemapShowsGuards: boolean;
}

const V6_12: KernelFeatures = {
  contpteGetEarlyExit: false,
  modifyProtRange: false,
  setPtesSkipsInvalid: false,
  mkcontSetsType: true,
  bbml2Noabort: false,
  arm64NeedsFlush: false,
  localFlushOnFault: false,
  accessFlagsRawNoop: true,
  youngRange: false,
  fullFlushSyncsTwice: true,
  devmapBit: true,
  deviceSwapTypes: 4,
  pmdModifyKeepsDirty: false,
  batchClampsToFolio: false,
  reuseLargeAnon: false,
  mremapBatches: false,
  mremapRespectsWrite: false,
  guardMarkers: false,
  guardVmaFlag: false,
  ext4LargeFolios: false,
  shmemWriteOrders: false,
  faultMapsDirtyDirty: false,
  wholeFolioFaults: false,
  rmapLocksLarge: false,
  lruBatchKeepsFlag: false,
  collapseReadOnly: false,
  hugeZeroSpecial: false,
  stickyVmaFlags: false,
  numaProtnoneFirst: false,
  numaSkipsPinned: false,
  numaFiltersPmd: false,
  maybeMappedShared: false,
  swapinDirties: false,
  freeDrainsLru: true,
  faultReferences: false,
  lazyfreeUnreferences: true,
  anonShowsKsm: true,
  pagemapShowsGuards: false,
};

const V6_16: KernelFeatures = {
  ...V6_12,
  mkcontSetsType: false,
  ext4LargeFolios: true,
  shmemWriteOrders: true,
  faultMapsDirtyDirty: true,
  accessFlagsRawNoop: false,
  deviceSwapTypes: 3,
  pmdModifyKeepsDirty: true,
  batchClampsToFolio: true,
  reuseLargeAnon: true,
  guardMarkers: true,
  maybeMappedShared: true,
  anonShowsKsm: false,
  pagemapShowsGuards: true,
};

const V6_17: KernelFeatures = {
  ...V6_16,
  contpteGetEarlyExit: true,
  modifyProtRange: true,
  lruBatchKeepsFlag: true,
  bbml2Noabort: true,
  mremapBatches: true,
  mremapRespectsWrite: true,
  devmapBit: false,
};

const V6_18: KernelFeatures = {
  ...V6_17,
  collapseReadOnly: true,
  guardVmaFlag: true,
  hugeZeroSpecial: true,
  wholeFolioFaults: true,
  rmapLocksLarge: true,
  freeDrainsLru: false,
};

const V6_19: KernelFeatures = {
  ...V6_18,
  arm64NeedsFlush: true,
  localFlushOnFault: true,
  accessFlagsRawNoop: true,
  stickyVmaFlags: true,
  numaProtnoneFirst: true,
  numaSkipsPinned: true,
  numaFiltersPmd: true,
};

const V7_1: KernelFeatures = {
  ...V6_19,
  youngRange: true,
  fullFlushSyncsTwice: false,
  swapinDirties: true,
  faultReferences: true,
  lazyfreeUnreferences: false,
};

const FEATURES: Readonly<Record<KernelRelease, KernelFeatures>> = {
  '6.12': V6_12,
  '6.16': V6_16,
  '6.17-rc1': { ...V6_17, mremapRespectsWrite: false },
  '6.17': V6_17,
  '6.18': V6_18,
  '6.19': V6_19,
  '7.1': V7_1,
  '7.2': V7_1,
  '7.3': { ...V7_1, setPtesSkipsInvalid: true },
};

/** Returns what `release` does differently, as a record of named features. */
export function kernelFeatures(release: KernelRelease): KernelFeatures {
  return FEATURES[release];
}
