import { DAY_MS } from "../../../core/time.ts";
import { newColumn } from "../newColumn.ts";

/** A point of the circle for each bar. */
export interface Cycle {
  readonly sin: Float64Array;
  readonly cos: Float64Array;
}

/**
 * Weekday of each bar on the circle: sin, cos of 2 pi d / 7, d = 0 on Monday. The day is that of the last moment of the bar in UTC: a
 * daily bar, stamped at the midnight at which it ends, belongs to the day before. NaN where the time is not one.
 */
export function weekdayCycle(closeTime: Float64Array): Cycle {
  // 1970-01-01 was a Thursday.
  return dayCycle(closeTime, 7, (day) => (((day + 3) % 7) + 7) % 7);
}

/** Month of each bar on the circle: sin, cos of 2 pi m / 12, m = 0 in January; the day as in `weekdayCycle`. */
export function monthCycle(closeTime: Float64Array): Cycle {
  return dayCycle(closeTime, 12, (day) => new Date(day * DAY_MS).getUTCMonth());
}

/** sin and cos of 2 pi place / n, the place told by the day, in days since 1970; asked once for all bars of a day. */
function dayCycle(closeTime: Float64Array, n: number, placeOf: (day: number) => number): Cycle {
  const sin = newColumn(closeTime.length);
  const cos = newColumn(closeTime.length);
  let from = Number.NaN;
  let s = Number.NaN;
  let c = Number.NaN;
  for (let t = 0; t < closeTime.length; t++) {
    const last = closeTime[t]! - 1;
    if (!(last >= from && last < from + DAY_MS)) {
      const day = Math.floor(last / DAY_MS);
      const angle = (2 * Math.PI * placeOf(day)) / n;
      from = day * DAY_MS;
      s = Math.sin(angle);
      c = Math.cos(angle);
    }
    sin[t] = s;
    cos[t] = c;
  }
  return { sin, cos };
}
