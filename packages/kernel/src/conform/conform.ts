import { basename } from 'node:path';
import type { TlbPolicy } from '@ptelab/pte';
import { readRecordings } from '../recording/read.ts';
import type { Recording } from '../recording/types.ts';
import { RecordingReport } from './report-builder.ts';
import {
  addCounts,
  addInputs,
  emptyCounts,
  type ConformMode,
  type ConformSummary,
  type FileReport,
  type InputCounts,
  type Mismatch,
} from './result.ts';
import { StepReplay } from './step-mode.ts';
import { StoryReplay } from './story-mode.ts';

/** Choices of {@link conformFiles}. */
export interface ConformOptions {
  readonly mode: ConformMode;
  /** Only recordings whose name starts with this. */
  readonly family?: string;
  /**
   * Story mode: replays with a TLB that can be stale, and counts what it holds against the page tables
   * as mismatches called `violations`. Accessed and dirty state may then differ from the recordings,
   * because the TLB of the recorded CPU was another one. @defaultValue no TLB
   */
  readonly tlb?: TlbPolicy;
  /** Called for every disagreement, as it is found. */
  readonly onMismatch?: (mismatch: Mismatch) => void;
  /** Called when a file is done. */
  readonly onFile?: (report: FileReport) => void;
  /** Called now and then with the recordings done so far. */
  readonly onProgress?: (file: string, recordings: number) => void;
}

function replay(recording: Recording, file: string, options: ConformOptions): RecordingReport {
  const report = new RecordingReport(basename(file), recording.scenario, options.onMismatch);
  if (options.mode === 'step') new StepReplay(recording, file, report).run();
  else new StoryReplay(recording, file, report, options.tlb).run();
  return report;
}

/** The family of a scenario: the letter that its name begins with. */
function familyOf(scenario: string): string {
  return scenario.slice(0, 1);
}

async function conformFile(
  file: string,
  options: ConformOptions,
  summary: ConformSummary,
): Promise<FileReport> {
  const counts = emptyCounts();
  const lacks: Record<string, number> = {};
  const inputs: InputCounts = {};
  const machine = { arch: '', kernel: '', cpu: '' };
  for await (const recording of readRecordings(file)) {
    machine.arch = recording.arch;
    machine.kernel = recording.kernel;
    machine.cpu = recording.cpu;
    if (!recording.scenario.startsWith(options.family ?? '')) continue;
    const report = replay(recording, file, options);
    addCounts(counts, report.counts);
    addCounts((summary.byFamily[familyOf(recording.scenario)] ??= emptyCounts()), report.counts);
    for (const [what, steps] of report.lacks) lacks[what] = (lacks[what] ?? 0) + steps;
    addInputs(inputs, report.inputs);
    options.onProgress?.(file, counts.recordings);
  }
  return { file: basename(file), ...machine, ...counts, lacks, inputs };
}

/**
 * Replays recording files in the model and compares.
 *
 * @throws PtelabInputError if a file can't be read as a recording.
 */
export async function conformFiles(
  files: readonly string[],
  options: ConformOptions,
): Promise<ConformSummary> {
  const summary: ConformSummary = { files: 0, ...emptyCounts(), byFamily: {}, inputs: {} };
  for (const file of files) {
    const report = await conformFile(file, options, summary);
    summary.files++;
    addCounts(summary, report);
    addInputs(summary.inputs, report.inputs);
    options.onFile?.(report);
  }
  return summary;
}
