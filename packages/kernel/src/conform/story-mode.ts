import type { Recording } from '../recording/types.ts';
import type { RecordingReport } from './report-builder.ts';
export class StoryReplay {
  constructor(recording: Recording, file: string, report: RecordingReport) { void recording; void file; void report; }
  run(): void {
    throw new Error('later');
  }
}
