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

/** Least instructions of the calls with each set of events, on one kernel. */
function leastOfEqual(samples: readonly InstructionSample[]): ReadonlyMap<string, number> {
  const least = new Map<string, number>();
  for (const { events, instructions } of samples) {
    const key = JSON.stringify(events);
    least.set(key, Math.min(instructions, least.get(key) ?? Infinity));
  }
  return least;
}

/**
 * Parts the calls of one kernel into those to go by and those in whose window something else ran: another
 * task, whose system calls were counted too, or an interrupt, for another call with exactly the same events
 * took thousands of instructions less. Only recorded figures decide; no prediction plays a part.
 */
export function withoutDisturbed(samples: readonly InstructionSample[]): {
  readonly calls: readonly InstructionSample[];
  readonly disturbed: readonly InstructionSample[];
} {
  const least = leastOfEqual(samples);
  const isDisturbed = ({ systemCalls, events, instructions }: InstructionSample): boolean =>
    systemCalls !== 1 || instructions > (least.get(JSON.stringify(events)) ?? 0) + INTERRUPT;
  return {
    calls: samples.filter((sample) => !isDisturbed(sample)),
    disturbed: samples.filter(isDisturbed),
  };
}
