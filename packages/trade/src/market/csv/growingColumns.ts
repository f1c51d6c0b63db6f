/** Float64 columns that grow by rows; small at first, since a file may hold thousands of series. */
export class GrowingColumns {
  length = 0;
  #columns: Float64Array[];

  constructor(count: number) {
    this.#columns = Array.from({ length: count }, () => new Float64Array(64));
  }

  push(row: readonly number[]): void {
    if (this.length === this.#columns[0]!.length) {
      this.#columns = this.#columns.map((old) => {
        const grown = new Float64Array(old.length * 2);
        grown.set(old);
        return grown;
      });
    }
    for (let c = 0; c < row.length; c++) this.#columns[c]![this.length] = row[c]!;
    this.length++;
  }

  /** Column `index`, exactly `length` long and on its own memory. */
  column(index: number): Float64Array {
    return this.#columns[index]!.slice(0, this.length);
  }
}
