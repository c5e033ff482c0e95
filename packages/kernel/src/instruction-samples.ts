import { takeEvents, type EventCounters } from '@ptelab/pte';
import { createMachine, parseOpLine, Story } from '@ptelab/scenario';
import { TestProgram } from './conform/test-program.ts';
import { recordedMachine } from './recording/machine.ts';
import type { Recording } from './recording/types.ts';

/** An mprotect call of a recording, as the model counts it and as the plugin did. */
export interface MprotectCall {
  /** Number of the step in the recording. */
  readonly step: number;
  /** The step's text. */
  readonly op: string;
  /** What the model counted during the call. */
  readonly events: EventCounters;
  /** Instructions and TLB operations in the window of the call. */
  readonly plugin: Readonly<Record<string, number>>;
}

/**
 * Replays a recording as a story and yields its mprotect calls that have instruction counts.
 *
 * @param file - where the recording is from, for errors.
 * @throws UnsupportedError if the model lacks a step; PtelabInputError if the machine is not known.
 */
export function* mprotectCalls(recording: Recording, file: string): Generator<MprotectCall> {
  const story = new Story(createMachine(recordedMachine(recording, file)));
  const program = new TestProgram(story);
  for (const [index, step] of recording.steps.entries()) {
    if (step.t === 'faults') {
      const access = step.access === 'w' ? 'write' : 'read';
      program.runTouch();
      const { label, off, n } = step;
      story.apply({ op: 'faults', label, access, at: off, pages: n, step: step.step });
    }
    if (step.t !== 'op') continue;
    const operation = parseOpLine(step.op);
    program.before(operation);
    takeEvents(story.mm.events);
    const outcome = story.apply(operation);
    const events = takeEvents(story.mm.events);
    program.after(operation, (outcome.touch?.signals.length ?? 0) > 0);
    program.between(operation);
    if (step.plugin === undefined) continue;
    yield { step: index, op: step.op, events, plugin: step.plugin };
  }
}
