import { z } from "zod";
import { indicator } from "../registry/indicator.ts";
import { weekdayCycle } from "./dayCycle.ts";

/** Weekday of the bar's last moment on the circle, see `weekdayCycle`: whole days of UTC, Monday at the angle 0. */
export const weekdayIndicator = indicator({
  name: "weekday",
  title: "Weekday, cyclical",
  formula: "sin, cos of 2 pi d / 7, d = 0 on Monday, the UTC day of the bar's last moment",
  source:
    "trigonometric seasonality, Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989",
  params: z.strictObject({}),
  inputs: ["time"],
  outputs: () => ({ sin: 0, cos: 0 }),
  lookback: () => 0,
  compute: ({ time }) => ({ ...weekdayCycle(time) }),
});
