import { instructionPrices, priceInstructions, type InstructionPrices } from './predict.ts';
import { samplesByKernel, withoutDisturbed, type InstructionSample } from './sample.ts';
import { FIT_FAMILIES, INSTRUCTION_BOUNDS, VALIDATION_FAMILIES } from './split.ts';

/** A call beside its prediction. */
export interface AssessedCall {
  readonly sample: InstructionSample;
  readonly predicted: number;
  /** Predicted over recorded, minus 1. */
  readonly error: number;
}

/** How far predictions are from recordings; relative errors without sign. */
export interface InstructionErrors {
  readonly calls: number;
  readonly median: number;
  readonly p95: number;
}

/** `assessInstructions` of one kernel. */
export interface InstructionAssessment {
  readonly kernel: string;
  readonly families: readonly (InstructionErrors & {
    readonly family: string;
    readonly use: 'fit' | 'validation';
  })[];
  readonly fit: InstructionErrors;
  readonly validation: InstructionErrors;
  /** The validation families keep the bounds. */
  readonly held: boolean;
  /** All calls judged, the worst first. */
  readonly worst: readonly AssessedCall[];
  /** Calls left out, as something else ran in their window; see `withoutDisturbed`. */
  readonly disturbed: readonly AssessedCall[];
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

function errorsOf(calls: readonly AssessedCall[]): InstructionErrors {
  const sorted = calls.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  return { calls: sorted.length, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

/** Compares predictions with the recorded calls of one kernel. */
export function assessInstructions(
  kernel: string,
  samples: readonly InstructionSample[],
  prices: InstructionPrices,
): InstructionAssessment {
  const assess = (sample: InstructionSample): AssessedCall => {
    const predicted = priceInstructions(sample.events, prices).total;
    return { sample, predicted, error: predicted / sample.instructions - 1 };
  };
  const { calls, disturbed } = withoutDisturbed(samples);
  const judged = calls.map(assess);
  const ofFamilies = (families: readonly string[]): AssessedCall[] =>
    judged.filter(({ sample }) => families.includes(sample.family));
  const families = [...FIT_FAMILIES, ...VALIDATION_FAMILIES].flatMap((family) => {
    const calls = ofFamilies([family]);
    const use = FIT_FAMILIES.includes(family) ? ('fit' as const) : ('validation' as const);
    return calls.length === 0 ? [] : [{ family, use, ...errorsOf(calls) }];
  });
  const validation = errorsOf(ofFamilies(VALIDATION_FAMILIES));
  return {
    kernel,
    families,
    fit: errorsOf(ofFamilies(FIT_FAMILIES)),
    validation,
    held:
      validation.median <= INSTRUCTION_BOUNDS.median && validation.p95 <= INSTRUCTION_BOUNDS.p95,
    worst: [...judged].sort((a, b) => Math.abs(b.error) - Math.abs(a.error)),
    disturbed: disturbed.map(assess),
  };
}

/**
 * Compares predictions with the recorded calls of any kernels, one after the other.
 *
 * @throws RangeError if prices of a kernel are not known.
 */
export function assessInstructionKernels(
  samples: readonly InstructionSample[],
): InstructionAssessment[] {
  return [...samplesByKernel(samples)].map(([kernel, own]) =>
    assessInstructions(kernel, own, instructionPrices(kernel)),
  );
}
