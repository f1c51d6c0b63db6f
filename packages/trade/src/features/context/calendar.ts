import { DAY_MS } from "../../core/time.ts";

export interface Calendar {
  readonly weekdaySin: Float64Array;
  readonly weekdayCos: Float64Array;
  readonly monthSin: Float64Array;
  readonly monthCos: Float64Array;
}

/**
 * Weekday and month of each bar on the circle, so that Sunday is next to Monday and December to January:
 *   sin, cos of 2 pi d / 7, d = 0 on Monday;   sin, cos of 2 pi m / 12, m = 0 in January.
 * The day is that of the last moment of the bar in UTC: a daily bar, stamped at the midnight at which it ends, belongs
 * to the day before. NaN where the time is not one.
 */
export function calendar(closeTime: Float64Array): Calendar {
  const column = (): Float64Array => new Float64Array(closeTime.length);
  const out = { weekdaySin: column(), weekdayCos: column(), monthSin: column(), monthCos: column() };
  closeTime.forEach((time, t) => {
    const last = time - 1;
    // 1970-01-01 was a Thursday.
    const weekday = (2 * Math.PI * ((((Math.floor(last / DAY_MS) + 3) % 7) + 7) % 7)) / 7;
    const month = (2 * Math.PI * new Date(last).getUTCMonth()) / 12;
    out.weekdaySin[t] = Math.sin(weekday);
    out.weekdayCos[t] = Math.cos(weekday);
    out.monthSin[t] = Math.sin(month);
    out.monthCos[t] = Math.cos(month);
  });
  return out;
}
