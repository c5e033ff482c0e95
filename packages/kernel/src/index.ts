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
export { GUEST_MACHINES, type GuestArch, type GuestMachine } from './record/qemu/guest-machine.ts';
export type { SuiteChoice } from './record/qemu/kernel-package.ts';
export {
  recordInGuest,
  type GuestRecording,
  type GuestRecordings,
} from './record/qemu/record-in-guest.ts';
export { RigError, type RigErrorCode } from './record/qemu/rig-error.ts';
export { Lacking } from './live/lacking.ts';
export { LiveKernel } from './live/live-kernel.ts';
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
  type VerifyDifference,
  type VerifyOptions,
  type VerifySummary,
} from './verify/verify.ts';
