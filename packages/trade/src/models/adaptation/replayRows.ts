import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { classCounts } from "../sequence/strideRows.ts";

/**
 * `count` of the rows, drawn without replacement and stratified: each class keeps its share of the pool, to the nearest
 * row (largest remainder). All of them when the pool holds no more. Ascending.
 * @param rows ascending; their classes are 0 … k - 1
 */
export function replayRows(
  rows: Int32Array,
  classes: Float32Array,
  k: number,
  count: number,
  random: Random,
): Int32Array {
  if (!Number.isInteger(count) || count < 0)
    throw new UsageError(`replay: ${count} rows cannot be drawn: give a whole number of at least 0`);
  if (count >= rows.length) return rows;
  const sizes = classCounts(rows, classes, k);
  const exact = sizes.map((size) => (size * count) / rows.length);
  const take = exact.map(Math.floor);
  let left = count - take.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((e, c) => ({ c, rest: e - take[c]! }))
    .sort((a, b) => b.rest - a.rest || a.c - b.c);
  for (const { c } of byRemainder) if (left-- > 0) take[c]!++;
  const drawn = sizes.flatMap((_, c) => {
    const own = rows.filter((row) => classes[row] === c);
    return [...random.shuffle(own).subarray(0, take[c])];
  });
  return Int32Array.from(drawn).sort();
}
