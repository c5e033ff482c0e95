import { recordedMachine, recordingOfLine, type Recording } from '@ptelab/kernel/formats';
import { formatScenario, scenarioFromOpLines, type Scenario } from '@ptelab/scenario';
import type { Choice, OpenedStory } from './opened.ts';

/** Index of the first protection change, which is what there is to look at. */
export function firstChange({ steps }: Scenario): number {
  return Math.max(
    0,
    steps.findIndex(({ operation }) => operation.op === 'mprotect'),
  );
}

/** The recordings of a file. */
export function recordingsIn(name: string, text: string): Recording[] {
  return text
    .split('\n')
    .map((line, i) => recordingOfLine(line, name, i + 1))
    .filter((recording) => recording !== null);
}

export function recordingChoice({ scenario, kernel, arch, cpu, source }: Recording): Choice {
  const changes = source.filter((line) => line.startsWith('mprotect ')).length;
  return {
    label: scenario,
    detail: `${arch} ${kernel}, ${cpu}, ${changes} mprotect call${changes === 1 ? '' : 's'}`,
  };
}

/** The story of a recording, on the machine that it was made on. */
export function recordingStory(name: string, recording: Recording): OpenedStory {
  const { scenario, source, arch, kernel } = recording;
  const lines = source.filter((line) => !/^(?:scenario |end$|#|\s*$)/.test(line));
  const story: Scenario = {
    ...scenarioFromOpLines(scenario, lines),
    title: `${scenario}, recorded on ${arch} ${kernel}`,
    description: `From ${name}.`,
  };
  return {
    text: formatScenario(story),
    machines: [recordedMachine(recording, name)],
    step: firstChange(story),
  };
}
