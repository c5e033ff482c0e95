import type { EventCounters } from '@ptelab/pte';

/** A recorded call: its events in the model, and the instructions that the guest took for it. */
export interface InstructionSample {
  /** Kernel that it was recorded on: a key of {@link INSTRUCTION_KERNELS}. */
  readonly kernel: string;
  /** Name of the recorded scenario, and number of the step in it. */
  readonly scenario: string;
  readonly step: number;
  /** The step's text. */
  readonly op: string;
  /** First letter of the scenario. */
  readonly family: string;
  readonly events: Readonly<EventCounters>;
  /** Instructions counted in the window of the call. */
  readonly instructions: number;
  /** System calls counted in that window. */
  readonly systemCalls: number;
}

/** Instructions more than those of a call with the same events that only an interrupt explains. */
const INTERRUPT = 2000;

/** The calls of each kernel. */
export function samplesByKernel(
  samples: readonly InstructionSample[],
): ReadonlyMap<string, readonly InstructionSample[]> {
  const kernels = new Map<string, InstructionSample[]>();
  for (const sample of samples) {
    const own = kernels.get(sample.kernel);
    if (own === undefined) kernels.set(sample.kernel, [sample]);
    else own.push(sample);
  }
  return kernels;
}

/**
 * Parts the calls of one kernel into those to go by and those in whose window something else ran: another
 * task, whose system calls were counted too, or an interrupt, for another call with exactly the same events
 * took thousands of instructions less. No prediction plays a part.
 */
export function withoutDisturbed(samples: readonly InstructionSample[]): {
  readonly calls: readonly InstructionSample[];
  readonly disturbed: readonly InstructionSample[];
} {
  const keyed = samples.map((sample) => ({ sample, key: JSON.stringify(sample.events) }));
  const least = new Map<string, number>();
  for (const { sample, key } of keyed) {
    least.set(key, Math.min(sample.instructions, least.get(key) ?? Infinity));
  }
  const calls: InstructionSample[] = [];
  const disturbed: InstructionSample[] = [];
  for (const { sample, key } of keyed) {
    const longer = sample.instructions > (least.get(key) ?? 0) + INTERRUPT;
    (sample.systemCalls !== 1 || longer ? disturbed : calls).push(sample);
  }
  return { calls, disturbed };
}
