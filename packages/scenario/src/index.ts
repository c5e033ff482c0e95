export { FINAL_LABEL, withFinalDumps } from './check/final-dumps.ts';
export { StoryCheck, type StoryProblem } from './check/story-check.ts';
export {
  parseEntryWord,
  type EntryFolio,
  type EntryFolioKind,
  type EntryWord,
} from './entries/entry-word.ts';
export { unexpectedViolations } from './expect.ts';
export {
  cellsOfEntries,
  entriesOfCells,
  type CellFolio,
  type EntryCell,
  type WithFolio,
} from './entries/entry-cell.ts';
export { readCells } from './entries/read-cells.ts';
export { encodeEntry, type EntryParts } from './entries/encode-entry.ts';
export { placeEntries } from './entries/place-entries.ts';
export { archOf, createMachine, type Machine, type MachineSpec } from './machine.ts';
export { didYouMean, nearest } from './nearest.ts';
export { ADVICE } from './op/advice.ts';
export { formatOpLine, parseOpLine } from './op/op-line.ts';
export { OpLineError } from './op/op-line-error.ts';
export { opLinesOfScenario, scenarioFromOpLines } from './op/op-lines.ts';
export type * from './op/operation.ts';
export { PROT_LETTERS, protBits, protLetters } from './op/prot.ts';
export { stepsOf } from './steps-of.ts';
export {
  RUN_FORMAT_VERSION,
  type Batch,
  type ExpectationResult,
  type FlushedRange,
  type MprotectOutcome,
  type PredictedEffect,
  type PredictedPages,
  type Run,
  type StepResult,
} from './run-result.ts';
export { runScenario, type RunOptions } from './run.ts';
export { ScenarioError, type ScenarioErrorCode, type ScenarioPlace } from './scenario-error.ts';
export type { Expectation, Scenario, ScenarioStep } from './scenario.ts';
export {
  dumpPages,
  dumpVmas,
  type DumpedPage,
  type DumpedVma,
  type PageDump,
} from './story/capture.ts';
export { readDump, type MappedPage, type MappingState } from './story/mapped-page.ts';
export type { TouchWatcher } from './story/page-touch.ts';
export { Story, STORY_BASE_VPN, type OpOutcome } from './story/story.ts';
export type { TouchOutcome } from './story/touches.ts';
export type { TlbOutcome, TlbPages, Violation } from './story/violations.ts';
export { ARCH_NAMES, TLB_POLICIES } from './yaml/expect-schema.ts';
export { formatScenario } from './yaml/format.ts';
export { scenarioJsonSchema } from './yaml/json-schema.ts';
export { parseScenario } from './yaml/parse.ts';
