/** Columns of numbers that grow together, row by row. */
export class GrowingColumns {
  readonly #columns: Int32Array<ArrayBuffer>[];
  #length = 0;

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => new Int32Array(1024));
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a row of zeros and returns its number. */
  add(): number {
    const at = this.#length++;
    const [first] = this.#columns;
    if (at === first?.length) this.#grow(2 * at);
    return at;
  }

  #grow(length: number): void {
    for (const [i, column] of this.#columns.entries()) {
      const larger = new Int32Array(length);
      larger.set(column);
      this.#columns[i] = larger;
    }
  }

  /** Sets a value of a row that is there. */
  set(row: number, column: number, value: number): void {
    const found = this.#columns[column];
    if (found !== undefined && row < this.#length) found[row] = value;
  }

  /** A value of a row that is there. */
  get(row: number, column: number): number {
    return this.#columns[column]?.[row] ?? 0;
  }

  /** A copy of a column, as long as there are rows. */
  column(column: number): Int32Array<ArrayBuffer> {
    return (this.#columns[column] ?? new Int32Array()).slice(0, this.#length);
  }
}
