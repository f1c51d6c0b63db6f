import { z } from "zod";
import { DAY_MS } from "../../../core/time.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Time of day at the bar's close on the circle, so that 23:59 lies next to 00:00: sin and cos of 2 pi x, x the share of the UTC day that has
 * gone by. Always 0 and 1 for daily bars, which close at midnight UTC. NaN where the time is not one.
 * Source: the usual pair of a periodic regressor (trigonometric seasonality, Harvey, Forecasting, 1989). UTC, and not local time: crypto has no other;
 * for hours of an exchange that changes its clocks see `session`.
 */
export function hour(time: Float64Array): { sin: Float64Array; cos: Float64Array } {
  const angle = time.map((at) => (2 * Math.PI * (((at % DAY_MS) + DAY_MS) % DAY_MS)) / DAY_MS);
  return { sin: angle.map(Math.sin), cos: angle.map(Math.cos) };
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
