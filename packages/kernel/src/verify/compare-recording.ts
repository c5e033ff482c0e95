import { RecordingReport } from '../conform/report-builder.ts';
import type { Mismatch } from '../conform/result.ts';
import { StoryReplay } from '../conform/story-mode.ts';
import type { Recording } from '../recording/types.ts';

/** What the comparison of one recording found. */
export interface ComparedStory {
  readonly report: RecordingReport;
  readonly mismatches: readonly Mismatch[];
}

/** Replays a recording in the model, from an empty address space, and compares. */
export function compareRecording(recording: Recording, source: string): ComparedStory {
  const mismatches: Mismatch[] = [];
  const report = new RecordingReport(source, recording.scenario, (mismatch) => {
    mismatches.push(mismatch);
  });
  new StoryReplay(recording, source, report).run();
  return { report, mismatches };
}
