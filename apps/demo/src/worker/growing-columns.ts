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

  /** Adds a row; as many values as there are columns. */
  push(...values: readonly number[]): void {
    const at = this.#length++;
    for (let i = 0; i < this.#columns.length; i++) {
      let column = this.#columns[i];
      if (column === undefined) continue;
      if (at === column.length) {
        const larger = new Int32Array(2 * at);
        larger.set(column);
        this.#columns[i] = column = larger;
      }
      column[at] = values[i] ?? 0;
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
