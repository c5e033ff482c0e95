import { z } from 'zod';

/** What many measurements of one thing come to. */
export const summarySchema = z.object({
  median: z.number(),
  /** Ends of the interval that holds the true median with at least 95 % confidence. */
  low: z.number(),
  high: z.number(),
  /** Smallest measurement: noise only ever adds. */
  best: z.number(),
  samples: z.int().min(1),
});

/** See {@link summarySchema}. */
export type Summary = z.infer<typeof summarySchema>;

const CONFIDENCE = 0.95;

function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * How many of the smallest and of the largest of `samples` measurements lie outside the interval of the
 * median. Each measurement is below the true median with probability 1/2, whatever its distribution,
 * so the number that are is binomial.
 */
export function samplesOutside(samples: number): number {
  let chance = 2 ** -samples; // that exactly `outside` measurements lie below
  let tail = chance;
  let outside = 0;
  while (2 * tail <= 1 - CONFIDENCE) {
    outside++;
    chance *= (samples - outside + 1) / outside;
    tail += chance;
  }
  return outside;
}

/**
 * Summarises measurements of one thing. Under six of them are too few for 95 %: the interval is then
 * all that was seen.
 *
 * @throws RangeError if there are none.
 */
export function summarise(measured: readonly number[]): Summary {
  const sorted = measured.toSorted((a, b) => a - b);
  const [best] = sorted;
  if (best === undefined) throw new RangeError('nothing was measured');
  const cut = Math.max(samplesOutside(sorted.length), 1) - 1;
  return {
    median: medianOfSorted(sorted),
    low: sorted[cut] ?? best,
    high: sorted.at(-1 - cut) ?? best,
    best,
    samples: sorted.length,
  };
}
