/** Elements of a chunk: what lies together is found by one look-up. */
const CHUNK = 1024;

/**
 * An array of any length of which only some stretches are in use, such as memory sections or PMDs. Like a
 * Map from whole numbers, but a walk in ascending order costs an array access for each step.
 */
export class SparseArray<T> {
  readonly #chunks = new Map<number, (T | undefined)[]>();
  #lastNumber = -1;
  #last: (T | undefined)[] = [];

  /** Element `index`, or undefined. */
  get(index: number): T | undefined {
    const number = Math.floor(index / CHUNK);
    if (number !== this.#lastNumber) {
      const chunk = this.#chunks.get(number);
      if (chunk === undefined) return undefined;
      this.#lastNumber = number;
      this.#last = chunk;
    }
    return this.#last[index - number * CHUNK];
  }

  /** Sets element `index`; to undefined to take it away. */
  set(index: number, value: T | undefined): void {
    const number = Math.floor(index / CHUNK);
    if (number !== this.#lastNumber) {
      let chunk = this.#chunks.get(number);
      if (chunk === undefined) {
        if (value === undefined) return;
        chunk = new Array<T | undefined>(CHUNK).fill(undefined);
        this.#chunks.set(number, chunk);
      }
      this.#lastNumber = number;
      this.#last = chunk;
    }
    this.#last[index - number * CHUNK] = value;
  }

  /** The elements that are there; those of a chunk in ascending order. */
  *values(): Generator<T> {
    for (const chunk of this.#chunks.values()) {
      for (const value of chunk) if (value !== undefined) yield value;
    }
  }

  /** Takes all elements away. */
  clear(): void {
    this.#chunks.clear();
    this.#lastNumber = -1;
    this.#last = [];
  }
}
