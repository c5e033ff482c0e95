export { changeProtection } from './change-protection.ts';
export {
  MM_CP_PROT_NUMA,
  MM_CP_TRY_CHANGE_WRITABLE,
  MM_CP_UFFD_WP,
  MM_CP_UFFD_WP_RESOLVE,
} from './cp-flags.ts';
export { changeProtNuma } from './numa.ts';
export { PteRange, type ProtectionChange } from './pte-range.ts';
export { findStrategy, kernelStrategy, STRATEGIES } from './strategies/built-in.ts';
export { changeNonePte, changeSoftleafPte } from './softleaf.ts';
export { batchHint } from './strategies/batch-hint.ts';
export { context } from './strategies/context.ts';
export { flattenAlways, flattenWhenUpgrading } from './strategies/flatten.ts';
export { maybeContiguous } from './strategies/maybe-contiguous.ts';
export { merged } from './strategies/merged.ts';
export { mergedRc1 } from './strategies/merged-rc1.ts';
export { perPte } from './strategies/per-pte.ts';
export { seriesV3 } from './strategies/series-v3.ts';
export { seriesV4 } from './strategies/series-v4.ts';
export { singleFastPath } from './strategies/single-fast-path.ts';
export { splitHelpers } from './strategies/split-helpers.ts';
export { defineStrategy, STRATEGY_API_VERSION, type Strategy } from './strategy.ts';
export {
  mprotect,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
  PROT_SEM,
  type MprotectArgs,
  type MprotectError,
  type MprotectResult,
} from './syscall.ts';
export { uffdRegisterWp, uffdUnregister, uffdWriteprotect } from './uffd.ts';
export {
  canChangePteWritable,
  canChangeSharedPteWritable,
  maybeChangePteWritable,
  privatePageWritable,
} from '@ptelab/mm';
