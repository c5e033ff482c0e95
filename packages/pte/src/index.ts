export type {
  AccessKind,
  Arch,
  ArchName,
  DecodedField,
  FlushRange,
  HardwareAccess,
  HardwareOps,
  PageProtOptions,
  PageTableOps,
  Pgprot,
  PmdLayout,
  PteLayout,
  TlbOps,
  TlbView,
  YoungDirty,
} from './arch.ts';
export { Arm64, arm64, type Arm64Options } from './arm64/arm64.ts';
export type { Arm64Cpu, Arm64Geometry, Arm64Granule, Arm64Params } from './arm64/params.ts';
export { ARM64_PROT } from './arm64/protections.ts';
export { X86, x86_64, type X86Options } from './x86/x86.ts';
export { X86_PROT } from './x86/protections.ts';
export { X86_FLUSH_CEILING } from './x86/tlb.ts';
export { addEvents, EVENT_NAMES, makeEvents, takeEvents, type EventCounters } from './events.ts';
export {
  KERNEL_RELEASES,
  kernelFeatures,
  type KernelFeatures,
  type KernelRelease,
} from './features.ts';
export { nearestRelease } from './nearest-release.ts';
export { stableFeatures } from './stable-updates.ts';
export type { FolioGeometry, MmContext } from './mm-context.ts';
export {
  joinMigrationOffset,
  MARKER_GUARD,
  MARKER_POISONED,
  MARKER_UFFD_WP,
  markerEntry,
  splitMigrationOffset,
  type MigrationOffset,
  type NonPresentEntry,
  type NonPresentKind,
} from './non-present.ts';
export { joinRaw, parseRawHex, rawHex, splitRaw } from './raw.ts';
export { makePte, PteTable, type Pte } from './table.ts';
export type { TlbEntry, TlbLanding, TlbOptions, TlbPageTables, TlbPolicy } from './tlb/entry.ts';
export {
  isTlbViolation,
  TLB_VIOLATION_KINDS,
  type TlbFinding,
  type TlbFindingKind,
  type TlbReport,
  type TlbSyncPoint,
  type TlbViolationKind,
} from './tlb/finding.ts';
export { Tlb } from './tlb/tlb.ts';
export type { TraceEvent, TraceSink } from './trace.ts';
export { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from './vm-flags.ts';
export { wordAt } from './word.ts';
export type { HugeLeaf, TlbLevel } from './tlb/entry.ts';
