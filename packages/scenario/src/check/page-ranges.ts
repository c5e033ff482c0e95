interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A set of pages, as stretches [start, end) that do not overlap, lowest first. */
export class PageRanges {
  #stretches: Stretch[] = [];

  /** The stretches, neighbours joined. */
  get stretches(): readonly Stretch[] {
    const joined: Stretch[] = [];
    for (const { start, end } of this.#stretches) {
      const last = joined.at(-1);
      if (last?.end === start) joined[joined.length - 1] = { start: last.start, end };
      else joined.push({ start, end });
    }
    return joined;
  }

  /** The first stretch that shares a page with [start, end). */
  overlap(start: number, end: number): Stretch | undefined {
    return this.#stretches.find((stretch) => stretch.start < end && start < stretch.end);
  }

  /** Adds [start, end), which no stretch may overlap. */
  add(start: number, end: number): void {
    this.#stretches.push({ start, end });
    this.#stretches.sort((a, b) => a.start - b.start);
  }

  /** Takes [start, end) out. */
  remove(start: number, end: number): void {
    this.#stretches = this.#stretches.flatMap((stretch) => {
      const before = { start: stretch.start, end: Math.min(stretch.end, start) };
      const after = { start: Math.max(stretch.start, end), end: stretch.end };
      return [before, after].filter((part) => part.start < part.end);
    });
  }
}
