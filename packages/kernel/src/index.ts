export { conformFiles, type ConformOptions } from './conform/conform.ts';
export type {
  ConformCounts,
  ConformMode,
  ConformSummary,
  FileReport,
  Mismatch,
} from './conform/result.ts';
export { PtelabInputError } from './input-error.ts';
