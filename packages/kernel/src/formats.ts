/*
 * The formats of files, read from text and bytes: nothing in here needs Node.
 */
export { PtelabInputError } from './input-error.ts';
export { isScenarioText, parseScenarioText, type LiveScenario } from './live/live-scenario.ts';
export { recordedMachine } from './recording/machine.ts';
export { recordingOfLine } from './recording/parse.ts';
export type * from './recording/types.ts';
export type { PageRun, SnapshotInfo, SnapshotRecord, SnapshotVma } from './snapshot/records.ts';
export { PAGEMAP_FLAG } from './snapshot/records.ts';
export { snapshotOf, type SnapshotFile } from './snapshot/snapshot-file.ts';
export { UNNAMED_PID } from './strace/log.ts';
export type * from './strace/log.ts';
export { MAP } from './strace/flag-words.ts';
export { straceLog } from './strace/strace-log.ts';
