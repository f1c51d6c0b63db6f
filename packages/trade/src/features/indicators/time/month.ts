import { z } from "zod";
import { indicator } from "../registry/indicator.ts";
import { monthCycle } from "./dayCycle.ts";

/** Month of the bar's last moment on the circle, see `monthCycle`: January at the angle 0. */
export const monthIndicator = indicator({
  name: "month",
  title: "Month, cyclical",
  formula: "sin, cos of 2 pi m / 12, m = 0 in January, the UTC month of the bar's last moment",
  source:
    "trigonometric seasonality, Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989",
  params: z.strictObject({}),
  inputs: ["time"],
  outputs: () => ({ sin: 0, cos: 0 }),
  lookback: () => 0,
  compute: ({ time }) => ({ ...monthCycle(time) }),
});
