import { mprotectCalls, readRecordings, recordedMachine } from '@ptelab/kernel';
import type { InstructionSample } from '@ptelab/cost';

/** The calls of recordings that have instruction counts, in the order of the files. */
export async function readSamples(files: readonly string[]): Promise<InstructionSample[]> {
  const samples: InstructionSample[] = [];
  for (const file of files) {
    for await (const recording of readRecordings(file)) {
      const spec = recordedMachine(recording, file);
      const { scenario } = recording;
      for (const { step, op, events, plugin } of mprotectCalls(recording, file)) {
        samples.push({
          kernel: `${spec.arch}-${spec.kernel}`,
          scenario,
          step,
          op,
          family: scenario.slice(0, 1),
          events,
          instructions: plugin.insns ?? 0,
          systemCalls: plugin.svc ?? plugin.syscall ?? 0,
        });
      }
    }
  }
  return samples;
}
