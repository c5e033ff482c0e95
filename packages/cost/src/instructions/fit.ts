import { INSTRUCTION_FEATURES } from './features.ts';
import { nonNegativeLeastSquares } from './nnls.ts';
import { KNOWN_PRICES } from './known-prices.ts';
import { priceInstructions, type InstructionPrices } from './predict.ts';
import { samplesByKernel, withoutDisturbed, type InstructionSample } from './sample.ts';
import { FIT_FAMILIES } from './split.ts';

const ROUNDS = 40;
/** Relative error from which a call's weight falls: interrupts add to some, and never take away. */
const SCALE = 0.02;
/**
 * Weight of the prices' own squares. Far too small to move a price that the calls tell; where two features
 * come in equal numbers in every call, as page lookups and upgrade tests before 6.17, it shares their price
 * evenly between them, where least squares alone gives all of it to one.
 */
const EVENLY = 1e-6;

function predict(row: readonly number[], coefficients: readonly number[]): number {
  return row.reduce((sum, count, i) => sum + count * (coefficients[i] ?? 0), 0);
}

/**
 * Fits the price of every feature to the calls of the fit families, by relative error. Weights are
 * renewed from the residuals, so that calls with an interrupt in them lose their say: the first rounds
 * minimise the sum of errors, later ones (Cauchy's weights) hardly look at what is far off.
 *
 * @param samples - calls of one kernel; those that may not be fitted to are left out.
 * @param elsewhere - prices on another kernel of the same architecture, for features that no call here has.
 * @returns instructions for each feature, by name; rounded to a tenth, none negative.
 */
function fitInstructions(
  samples: readonly InstructionSample[],
  elsewhere: InstructionPrices = {},
): InstructionPrices {
  const { calls } = withoutDisturbed(samples);
  const fitted = calls.filter(({ family }) => FIT_FAMILIES.includes(family));
  const features = INSTRUCTION_FEATURES.filter(({ name }) => KNOWN_PRICES[name] === undefined);
  const rows = fitted.map(({ events, instructions }) =>
    features.map(({ count }) => count(events) / instructions),
  );
  const known = fitted.map(
    ({ events, instructions }) => priceInstructions(events, KNOWN_PRICES).total / instructions,
  );
  const even = features.map((_, i) => features.map((_, j) => (i === j ? EVENLY : 0)));
  let weights = fitted.map(() => 1);
  let coefficients: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    coefficients = nonNegativeLeastSquares(
      [...rows.map((row, r) => row.map((value) => value * (weights[r] ?? 0))), ...even],
      [...weights.map((weight, r) => weight * (1 - (known[r] ?? 0))), ...features.map(() => 0)],
    );
    const errors = rows.map((row, r) => Math.abs(predict(row, coefficients) + (known[r] ?? 0) - 1));
    weights = errors.map((error) =>
      round < ROUNDS / 2
        ? 1 / Math.sqrt(Math.max(error, SCALE / 4))
        : 1 / Math.sqrt(1 + (error / SCALE) ** 2),
    );
  }
  const prices = new Map(
    features.map(({ name }, i) => {
      const seen = rows.some((row) => (row[i] ?? 0) > 0);
      const price = seen ? (coefficients[i] ?? 0) : (elsewhere[name] ?? 0);
      return [name, Math.round(price * 10) / 10];
    }),
  );
  return Object.fromEntries(
    INSTRUCTION_FEATURES.map(({ name }) => [name, KNOWN_PRICES[name] ?? prices.get(name) ?? 0]),
  );
}

/**
 * Fits all kernels, the oldest of each architecture first: what a kernel has no call for, it takes from
 * the one before.
 *
 * @param samples - calls of any kernels, named as `arm64-6.12`.
 * @returns prices by kernel; a kernel without any call of the fit families is left out.
 */
export function fitInstructionKernels(
  samples: readonly InstructionSample[],
): Readonly<Record<string, InstructionPrices>> {
  const prices: Record<string, InstructionPrices> = {};
  const before = new Map<string, InstructionPrices>();
  const kernels = samplesByKernel(samples);
  for (const kernel of [...kernels.keys()].sort()) {
    const calls = kernels.get(kernel) ?? [];
    if (!calls.some(({ family }) => FIT_FAMILIES.includes(family))) continue;
    const arch = kernel.slice(0, kernel.lastIndexOf('-'));
    const fitted = fitInstructions(calls, before.get(arch));
    prices[kernel] = fitted;
    before.set(arch, fitted);
  }
  return prices;
}
