import type { EventCounters } from '@ptelab/pte';
import { INSTRUCTION_FEATURES, type InstructionPart } from './features.ts';
import { PRICES } from './prices.ts';

/** Instructions for each feature of `INSTRUCTION_FEATURES`, by its name. */
export type InstructionPrices = Readonly<Record<string, number>>;

/** Predicted instructions of a call. */
export interface InstructionPrediction {
  readonly total: number;
  /** Where they go: parts that are not zero, in the order of a call. */
  readonly parts: readonly { readonly name: InstructionPart; readonly instructions: number }[];
}

/** Predicts the instructions of an mprotect call from its events and the prices of a kernel. */
export function priceInstructions(
  events: Readonly<EventCounters>,
  prices: InstructionPrices,
): InstructionPrediction {
  const parts = new Map<InstructionPart, number>();
  let total = 0;
  for (const { name, part, count } of INSTRUCTION_FEATURES) {
    const instructions = count(events) * (prices[name] ?? 0);
    if (instructions === 0) continue;
    total += instructions;
    parts.set(part, (parts.get(part) ?? 0) + instructions);
  }
  return { total, parts: [...parts].map(([name, instructions]) => ({ name, instructions })) };
}

/** Kernels whose recordings have no call of the fit families: each takes the prices of another. */
const PRICED_AS: Readonly<Record<string, string>> = {
  'arm64-7.3': 'arm64-7.2',
  'x86-64-7.3': 'x86-64-7.2',
};

/** Kernels whose prices are known: `arm64-6.12`, `x86-64-7.2` and so on. */
export const INSTRUCTION_KERNELS: readonly string[] = [
  ...Object.keys(PRICES),
  ...Object.keys(PRICED_AS),
];

/** Prices of a kernel. @throws RangeError if the kernel is none of {@link INSTRUCTION_KERNELS}. */
export function instructionPrices(kernel: string): InstructionPrices {
  const prices = PRICES[PRICED_AS[kernel] ?? kernel];
  if (prices !== undefined) return prices;
  throw new RangeError(
    `no instruction prices for ${kernel}: known are ${INSTRUCTION_KERNELS.join(', ')}`,
  );
}

/**
 * Predicts the guest instructions of an mprotect call on a recorded kernel from what the model counted.
 *
 * @param kernel - one of {@link INSTRUCTION_KERNELS}.
 * @throws RangeError if the kernel is not known.
 */
export function predictInstructions(
  events: Readonly<EventCounters>,
  kernel: string,
): InstructionPrediction {
  return priceInstructions(events, instructionPrices(kernel));
}
