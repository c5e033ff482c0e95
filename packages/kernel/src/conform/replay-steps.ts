import { UnsupportedError } from '@ptelab/mm';
import type { RecordedStep, Recording } from '../recording/types.ts';
import type { RecordingReport } from './report-builder.ts';

/** What {@link replaySteps} plays, and how. */
export interface StepPlayer {
  readonly recording: Recording;
  readonly report: RecordingReport;
  /** Replays and compares one step. */
  readonly play: (index: number, step: RecordedStep) => void;
  /** Whether a step is one of those that the mode counts. */
  readonly counts: (step: RecordedStep) => boolean;
}

/**
 * Plays a recording up to the first step that the model lacks. That step and those that would have been
 * counted after it are noted as unsupported: the state that they start from is not known any more.
 */
export function replaySteps({ recording, report, play, counts }: StepPlayer): void {
  const { steps } = recording;
  for (const [index, step] of steps.entries()) {
    try {
      play(index, step);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      const lost = steps.slice(index + 1).filter((later) => counts(later)).length;
      report.unsupported(error.what, lost + 1);
      return;
    }
  }
}
