import { DataError, UsageError } from "../core/errors.ts";

/**
 * Rows at which the log price has run by more than `threshold` away from where it last stood, either way:
 *   up[t] = max(0, up[t-1] + r[t]), down[t] = min(0, down[t-1] + r[t]), r[t] = ln(c[t] / the last price before t);
 *   an event where down < -h[t], which sets down to 0, or else where up > h[t], which sets up to 0.
 * Causal: whether t is an event is known at its close. A row without a price, or whose threshold is NaN (not known yet), is
 * no event; the move goes on to the next.
 *
 * Source: the symmetric CUSUM filter, Lopez de Prado 2018, 2.5.2.1 and snippet 2.4, after Page 1954. His snippet leaves out the
 * first return; mlfinpy and this do not.
 * @param threshold of log returns: one for all rows, or one a row
 * @returns ascending rows
 * @throws UsageError when a threshold is not above 0 (a column: below 0); DataError when it has another length than `close`
 */
export function cusumEvents(close: Float64Array, threshold: number | Float64Array): Int32Array {
  if (typeof threshold === "number" ? !(threshold > 0) : threshold.some((h) => h < 0))
    throw new UsageError(
      `cusum: a threshold of ${typeof threshold === "number" ? threshold : "less than 0"} is not possible: give one above 0`,
    );
  if (typeof threshold !== "number" && threshold.length !== close.length)
    throw new DataError(`cusum: ${threshold.length} thresholds for ${close.length} closes`);
  const events: number[] = [];
  let last = Number.NaN;
  let up = 0;
  let down = 0;
  for (let t = 0; t < close.length; t++) {
    const now = close[t]!;
    if (!(now > 0 && now < Number.POSITIVE_INFINITY)) continue;
    const move = last > 0 ? Math.log(now / last) : 0;
    last = now;
    up = Math.max(0, up + move);
    down = Math.min(0, down + move);
    const h = typeof threshold === "number" ? threshold : threshold[t]!;
    if (down < -h) {
      down = 0;
      events.push(t);
    } else if (up > h) {
      up = 0;
      events.push(t);
    }
  }
  return Int32Array.from(events);
}
