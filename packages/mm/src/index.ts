export {
  AddressSpace,
  type MmLimits,
  type Pmd,
  type UserfaultfdEvent,
  type UserfaultfdFeatures,
} from './address-space.ts';
export { createSystem, type SystemOptions } from './create-system.ts';
export { accessPage, fillPage, storeByte, type AccessResult } from './fault/access.ts';
export { BackedFile, type FileSystem } from './file/backed-file.ts';
export { fsync } from './file/fsync.ts';
export { writeFile } from './file/page-cache.ts';
export type { FaultResult, FaultWait } from './fault/fault-result.ts';
export { handleMmFault } from './fault/handle.ts';
export {
  folioPteBatch,
  FPB_MERGE_WRITE,
  FPB_MERGE_YOUNG_DIRTY,
  FPB_RESPECT_DIRTY,
  FPB_RESPECT_SOFT_DIRTY,
  FPB_RESPECT_WRITE,
} from './folio-pte-batch.ts';
export { HugePmd } from './huge/huge-pmd.ts';
export { splitHugePmd } from './huge/split.ts';
export { migrateEnd } from './migration/end.ts';
export { migrateStart } from './migration/start.ts';
export { flushTlbBatchedPending, MmuGather, type GatheredPart } from './mmu-gather.ts';
export {
  folioCanMapProtNuma,
  folioUseAccessTime,
  hugeFolioCanMapProtNuma,
} from './numa/can-map.ts';
export { placeOnNode } from './numa/place.ts';
export { NumaSettings } from './numa/settings.ts';
export { clearRefsReferenced, clearRefsSoftDirty, clearVmaSoftDirty } from './ops/clear-refs.ts';
export { exitMmap, fork } from './ops/fork.ts';
export { ksmScan } from './ops/ksm.ts';
export { madvise, type Advice } from './ops/madvise.ts';
export { mlock } from './ops/mlock.ts';
export { LeafSharing } from './leaf/leaf-sharing.ts';
export { LeafState } from './leaf/leaf-state.ts';
export { SharedTable } from './leaf/shared-table.ts';
export { touchPages, type TouchResult } from './leaf/touch-pages.ts';
export { mmapFixed, type MmapRequest } from './ops/mmap.ts';
export { copyVma, mremapFixed } from './ops/mremap.ts';
export { munmap } from './ops/munmap.ts';
export { pin, unpin, type PinAccess } from './ops/pin.ts';
export { populateRange } from './ops/populate.ts';
export { predictFaults } from './predict/predict-faults.ts';
export {
  FAULT_EFFECTS,
  type FaultEffect,
  type FaultPrediction,
  type PageRun,
  type PredictedFault,
} from './predict/prediction.ts';
export { KPF, stablePageFlags, type KpfName } from './proc/page-flags.ts';
export { PM, pagemapEntry, type PagemapEntry, type PmName } from './proc/pagemap.ts';
export { SMAPS_FIGURES, smapsFigures, type SmapsFigure, type SmapsFigures } from './proc/smaps.ts';
export { SwapArea } from './swap/swap-area.ts';
export { swapoff } from './swap/swapoff.ts';
export { DEFAULT_MAX_MAP_COUNT, type System } from './system.ts';
export { ThpSettings, type ThpEnabled } from './thp.ts';
export { UnsupportedError } from './unsupported.ts';
export { NO_PAGE, vmNormalPage } from './vm-normal-page.ts';
export { anonVmaPrepare } from './vma/anon-vma.ts';
export { changeVmaFlags, type VmaFlagChange } from './vma/change-flags.ts';
export { executeOnlyPkey } from './vma/execute-only.ts';
export {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_DONTCOPY,
  VM_GROWSDOWN,
  VM_HUGEPAGE,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_MERGEABLE,
  VM_MIXEDMAP,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  VM_PFNMAP,
  VM_SEALED,
  VM_SOFTDIRTY,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
} from './vma/flags.ts';
export { vmaModify, type VmaChange } from './vma/modify.ts';
export { userfaultfdWpAsync, userfaultfdWpUseMarkers, wakeUserfault } from './vma/userfaultfd.ts';
export {
  vmaSetPageProt,
  vmaWantsManualPteWriteUpgrade,
  vmaWantsWritenotify,
} from './vma/page-prot.ts';
export {
  isCowMapping,
  isShared,
  userfaultfdWp,
  Vma,
  vmaIsAnonymous,
  vmaSoftDirtyEnabled,
  vmaWritable,
  type AnonVma,
  type VmaInit,
  type VmFile,
} from './vma/vma.ts';
export { VmaList } from './vma/vma-list.ts';
export {
  canChangePmdWritable,
  canChangePteWritable,
  canChangeSharedPteWritable,
  maybeChangePteWritable,
  privatePageWritable,
} from './writable.ts';
export type { LruBatches } from './lru-batches.ts';
export type { MadviseError } from './ops/madvise.ts';
