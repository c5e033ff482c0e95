export { conformFiles, type ConformOptions } from './conform/conform.ts';
export type {
  ConformCounts,
  ConformMode,
  ConformSummary,
  FileReport,
  Mismatch,
} from './conform/result.ts';
export { mprotectCalls, type MprotectCall } from './instruction-samples.ts';
export { PtelabInputError } from './input-error.ts';
export { recordedMachine } from './recording/machine.ts';
export { readRecordings } from './recording/read.ts';
export type {
  DumpStep,
  FaultsStep,
  OpStep,
  RecordedStep,
  RecordedVma,
  Recording,
  RecordingInfo,
  VmasStep,
} from './recording/types.ts';
export { INPUTS, type InputName } from './conform/inputs.ts';
export { PAGE_FLAG_CLAIMS, type PageFlagClaim, type PageSort } from './conform/page-claims.ts';
export { replayLog, type ReplayOptions } from './replay/replayer.ts';
export type {
  Replay,
  ReplayCalls,
  ReplayMismatch,
  ReplayProcess,
  ReplayRange,
  ReplaySite,
  ReplaySize,
  UnknownMemory,
} from './replay/replay-result.ts';
export type { ReplayTally } from './replay/tally.ts';
export { TOUCH_POLICIES, type TouchPolicy } from './replay/touch-policy.ts';
export { touchedPages, type TouchedPages } from './replay/touched-pages.ts';
export type { PageSpan } from './replay/unknown-memory.ts';
export type * from './strace/log.ts';
export { readStraceLog } from './strace/read-log.ts';
export { straceLog } from './strace/strace-log.ts';
export { PtelabEnvironmentError } from './environment-error.ts';
export type { HostFacts, KernelFolders, ThpFacts } from './proc/host.ts';
export type { SmapsSums } from './proc/smaps.ts';
export { Capture, type CaptureOptions, type UnreadProcess } from './snapshot/capture.ts';
export { openSnapshot } from './snapshot/read.ts';
export type { SnapshotFile } from './snapshot/snapshot-file.ts';
export type {
  PageRun,
  ProcessSummary,
  RunKind,
  SnapshotInfo,
  SnapshotRecord,
  SnapshotVma,
} from './snapshot/records.ts';
export { SnapshotWriter } from './snapshot/write.ts';
export { analyzeSnapshot, type AnalysisOptions } from './analyze/analyze.ts';
export type { Analysis, RoundCounts, VmaAnalysis, WhatIf } from './analyze/analysis.ts';
export type { BatchEnd, BatchFigures } from './analyze/batches.ts';
export type { OrderPages } from './analyze/folio-orders.ts';
export type { ThpAmount, ThpFigure, ThpKind, ThpMap, ThpTotals } from './analyze/thpmaps.ts';
export type { SnapshotSource } from './snapshot/records.ts';
export { GUEST_MACHINES, type GuestArch, type GuestMachine } from './record/qemu/guest-machine.ts';
export type { SuiteChoice } from './record/qemu/kernel-package.ts';
export {
  recordInGuest,
  type GuestRecording,
  type GuestRecordings,
} from './record/qemu/record-in-guest.ts';
export { LiveKernel, type Unfinished } from './live/live-kernel.ts';
export { LEFT_OUT, type LeftOut, type StoryFacts } from './verify/left-out.ts';
export {
  isScenarioText,
  liveScenario,
  parseScenarioText,
  scenarioText,
  type LiveScenario,
} from './live/live-scenario.ts';
export {
  verifyKernel,
  type StoryBudget,
  type UnfinishedScenario,
  type VerifyDifference,
  type VerifyOptions,
  type VerifySummary,
} from './verify/verify.ts';
export { BATCH_ENDS } from './analyze/batches.ts';
export { RUN_KINDS } from './snapshot/records.ts';
export type { InputCounts } from './conform/result.ts';
export type { CpuFeatures } from './recording/types.ts';
