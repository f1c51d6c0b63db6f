import { isFiniteNumber } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Bars since the highest (`side` 1) or the lowest (`side` -1) of the last `period` values, 0 for the current bar; of equal
 * values the newest counts. NaN before row period-1 and while the window holds a value that is not finite.
 * O(1) a bar: the window is a suffix of one block of `period` rows and a prefix of the next, whose extremes' rows are known (van
 * Herk 1992, Gil and Werman 1993).
 */
export function extremeAge(values: Float64Array, period: number, side: 1 | -1): Float64Array {
  requirePeriod(period, "extremeAge");
  const length = values.length;
  const out = rawColumn(length);
  const size = Math.min(period, length) + 1;
  const suffixRow = new Int32Array(size);
  const suffixValue = new Float64Array(size);
  let seen = 0;
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    let best = Number.NaN;
    let row = start;
    for (let j = 0; j < rows; j++) {
      const t = start + j;
      const x = values[t]!;
      seen = isFiniteNumber(x) ? seen + 1 : 0;
      if (!(side * x < side * best)) {
        best = x;
        row = t;
      }
      // In the block's last row the whole window lies in it.
      const olderLeads = j < period - 1 && side * suffixValue[j + 1]! > side * best;
      out[t] = seen >= period ? t - (olderLeads ? suffixRow[j + 1]! : row) : Number.NaN;
    }
    best = Number.NaN;
    for (let j = rows - 1; j > 0; j--) {
      const x = values[start + j]!;
      if (!(side * x <= side * best)) {
        best = x;
        row = start + j;
      }
      suffixValue[j] = best;
      suffixRow[j] = row;
    }
  }
  return out;
}
