/** Pages [at, at + pages) the way tables show them: `7`, or `0..15`. */
export function pageRange(at: number, pages: number): string {
  return pages === 1 ? String(at) : `${at}..${at + pages - 1}`;
}

/**
 * Writes lengths with repeats counted: `5 3x16 8`.
 *
 * @param most - repeats to write before giving up on the rest.
 */
export function countedLengths(lengths: readonly number[], most: number): string {
  const runs: { length: number; count: number }[] = [];
  for (const length of lengths) {
    const last = runs.at(-1);
    if (last?.length === length) last.count++;
    else runs.push({ length, count: 1 });
  }
  const parts = runs
    .slice(0, most)
    .map(({ length, count }) => (count === 1 ? String(length) : `${count}x${length}`));
  return [...parts, ...(runs.length > most ? ['...'] : [])].join(' ');
}

/** Writes a count and its noun: `1 page`, `2 pages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
