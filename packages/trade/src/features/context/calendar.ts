import { monthCycle, weekdayCycle } from "../indicators/time/dayCycle.ts";

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
  const weekday = weekdayCycle(closeTime);
  const month = monthCycle(closeTime);
  return { weekdaySin: weekday.sin, weekdayCos: weekday.cos, monthSin: month.sin, monthCos: month.cos };
}
