import { z } from "zod";
import { DAY_MS, MINUTE_MS } from "../../../core/time.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

const MINUTES = DAY_MS / MINUTE_MS;

/**
 * Time of day at the bar's close on the circle, so that 23:59 lies next to 00:00: sin and cos of 2 pi x, x the share of the UTC day that has
 * gone by. Always 0 and 1 for daily bars, which close at midnight UTC. NaN where the time is not one.
 * Source: the usual pair of a periodic regressor (trigonometric seasonality, Harvey, Forecasting, 1989). UTC, and not local time: crypto has no other;
 * for hours of an exchange that changes its clocks see `session`.
 */
export function hour(time: Float64Array): { sin: Float64Array; cos: Float64Array } {
  const sin = newColumn(time.length);
  const cos = newColumn(time.length);
  // Bars close on whole minutes, of which a day has 1440: each angle is looked up after it was met once.
  const sinOf = new Float64Array(MINUTES).fill(Number.NaN);
  const cosOf = new Float64Array(MINUTES).fill(Number.NaN);
  let midnight = Number.NaN;
  for (let t = 0; t < time.length; t++) {
    if (!(time[t]! >= midnight && time[t]! < midnight + DAY_MS)) {
      midnight = time[t]! - (((time[t]! % DAY_MS) + DAY_MS) % DAY_MS);
    }
    const sinceMidnight = time[t]! - midnight;
    const angle = (2 * Math.PI * sinceMidnight) / DAY_MS;
    const minute = sinceMidnight / MINUTE_MS;
    const at = minute | 0;
    if (at !== minute) {
      sin[t] = Math.sin(angle);
      cos[t] = Math.cos(angle);
      continue;
    }
    if (Number.isNaN(sinOf[at]!)) {
      sinOf[at] = Math.sin(angle);
      cosOf[at] = Math.cos(angle);
    }
    sin[t] = sinOf[at]!;
    cos[t] = cosOf[at]!;
  }
  return { sin, cos };
}

export const hourIndicator = indicator({
  name: "hour",
  aliases: ["timeOfDay"],
  title: "Time of day, cyclical",
  formula: "sin, cos of 2 pi x, x the share of the UTC day that has gone by at the bar's close",
  source:
    "trigonometric seasonality, Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989",
  params: z.strictObject({}),
  inputs: ["time"],
  outputs: () => ({ sin: 0, cos: 0 }),
  lookback: () => 0,
  compute: ({ time }) => hour(time),
});
