/** A row as it is, or rows that come again and again. */
export type Folded =
  | { readonly kind: 'row'; readonly index: number }
  | {
      readonly kind: 'repeat';
      /** Index of the first row. */
      readonly index: number;
      readonly times: number;
      /** Rows of one turn, of which only the first turn is described. */
      readonly rows: number;
      readonly body: readonly Folded[];
    };

/** Longer patterns are looked for only where they are a power of two, as page tables are. */
const ANY_PERIOD = 32;

/** Fewer rows are drawn rather than described. */
const LEAST_SAVED = 2;

/** How often the `period` rows from `from` come in a row, up to `end`. */
function repeats(keys: readonly string[], from: number, end: number, period: number): number {
  let at = from + period;
  while (at < end && keys[at] === keys[at - period]) at++;
  return Math.floor((at - from) / period);
}

function periods(most: number): number[] {
  const all = Array.from({ length: Math.min(most, ANY_PERIOD) }, (_, i) => i + 1);
  for (let period = 2 * ANY_PERIOD; period <= most; period *= 2) all.push(period);
  return all;
}

/** Folds the rows [from, end): what a period covers decides, and the shorter one of equals. */
function foldRange(keys: readonly string[], from: number, end: number): Folded[] {
  const folded: Folded[] = [];
  let at = from;
  while (at < end) {
    let best = { period: 1, times: 1 };
    for (const period of periods(Math.floor((end - at) / 2))) {
      const times = repeats(keys, at, end, period);
      if (times > 1 && period * times > best.period * best.times) best = { period, times };
    }
    const { period, times } = best;
    if (period * (times - 1) < LEAST_SAVED) {
      folded.push({ kind: 'row', index: at });
      at++;
      continue;
    }
    const body = foldRange(keys, at, at + period);
    folded.push({ kind: 'repeat', index: at, times, rows: period, body });
    at += period * times;
  }
  return folded;
}

/**
 * Finds rows that come again and again, also patterns of several rows and patterns within them, so that a
 * large map can be drawn by its parts.
 *
 * @param keys - one for each row; equal rows have equal keys.
 */
export function foldRows(keys: readonly string[]): Folded[] {
  return foldRange(keys, 0, keys.length);
}
