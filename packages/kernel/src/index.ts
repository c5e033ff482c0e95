export { conformFiles, type ConformOptions } from './conform/conform.ts';
export type {
  ConformCounts,
  ConformMode,
  ConformSummary,
  FileReport,
  Mismatch,
} from './conform/result.ts';
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
