/** Pixels of the text of plots. */
const TEXT_PIXELS = 13;

const NARROW = /[\s.,:;!'|iljtfrI()[\]]/;
const WIDE = /[mwMWGQO@%—]/;

/** Pixels that a text takes at most, near enough for any sans-serif font: there is nothing to measure with. */
export function textWidth(text: string): number {
  let ems = 0;
  for (const letter of text) ems += NARROW.test(letter) ? 0.36 : WIDE.test(letter) ? 0.92 : 0.61;
  return Math.ceil(ems * TEXT_PIXELS);
}

/** Breaks a text into lines that are at most `width` pixels wide; a wider word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const longer = `${last ?? ''} ${word}`;
    if (last !== undefined && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Pixels of the widest of some texts. */
export function widestText(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

/**
 * Moves places apart until neighbours are `gap` away from each other, all between `low` and `high` if
 * they fit there. Returns them in the order given.
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  low: number,
  high: number,
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let least = low;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, least);
    least = placed[i] + gap;
  }
  let most = high;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i] ?? 0, most);
    most = placed[i] - gap;
  }
  return placed;
}
