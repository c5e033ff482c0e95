/** Edits that turn one word into another: letters inserted, removed, replaced or swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/**
 * Finds the choice that somebody who wrote `word` most likely meant.
 *
 * @returns undefined if no choice is near: at most two edits, and fewer than half of the letters.
 */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const wanted = word.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let least = Math.min(3, Math.ceil(wanted.length / 2) + 1);
  for (const choice of choices) {
    const edits = distance(wanted, choice.toLowerCase());
    if (edits < least && edits < choice.length) [best, least] = [choice, edits];
  }
  return best;
}

/** Writes ` (did you mean …?)`, or nothing if no choice is near. */
export function didYouMean(word: string, choices: readonly string[]): string {
  const near = nearest(word, choices);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
