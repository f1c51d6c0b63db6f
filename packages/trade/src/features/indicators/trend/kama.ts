import { z } from "zod";
import { UsageError } from "../../../core/errors.ts";
import { stepSizes } from "../change.ts";
import { isFiniteNumber } from "../finite.ts";
import { FLAT } from "../flat.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { settlingBars } from "../smooth.ts";

/**
 * Kaufman's adaptive moving average, default 10, 2, 30:
 *   kama[t] = kama[t-1] + c^2 (x[t] - kama[t-1]),   c = e (a - b) + b,   a = 2 / (fast + 1),   b = 2 / (slow + 1),
 *   e = |x[t] - x[t-n]| / (|x[t] - x[t-1]| + ... + |x[t-n+1] - x[t-n]|), the efficiency ratio, 0 (noise) to 1 (a straight line).
 * It begins with x[n-1]; the first value stands in row n. Where nothing moved e is 1, as in TA-Lib and Tulip.
 *
 * Source: Kaufman, Smarter Trading, 1995. StockCharts, TA-Lib and Tulip begin in the same way (the two first also show
 * the price of row n-1, which is no average); some vendors begin with a simple mean.
 */
export function kama(values: Float64Array, period = 10, fast = 2, slow = 30): Float64Array {
  if (fast >= slow) throw new UsageError(`kama: fast ${fast} must be shorter than slow ${slow}`);
  const quick = 2 / (fast + 1);
  const lazy = 2 / (slow + 1);
  const path = stepSizes(values);
  rollingSum(path, period, path);
  const out = path;
  let level = Number.NaN;
  for (let t = period; t < out.length; t++) {
    if (!isFiniteNumber(path[t]!)) {
      level = Number.NaN;
      continue;
    }
    if (Number.isNaN(level)) level = values[t - 1]!;
    const still = path[t]! <= FLAT * Math.abs(values[t]!);
    const efficiency = still ? 1 : Math.min(1, Math.abs(values[t]! - values[t - period]!) / path[t]!);
    const share = efficiency * (quick - lazy) + lazy;
    level += share * share * (values[t]! - level);
    out[t] = level;
  }
  return out;
}

export const kamaIndicator = indicator({
  name: "kama",
  title: "Kaufman's adaptive moving average",
  formula:
    "kama[t-1] + (e (2/(fast+1) - 2/(slow+1)) + 2/(slow+1))^2 (close[t] - kama[t-1]), e = |close[t] - close[t-n]| / sum of |changes|",
  source: "Kaufman, Smarter Trading, 1995",
  params: z
    .strictObject({ period: bars(10), fast: bars(2), slow: bars(30) })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["close"],
  outputs: ({ period }) => ({ kama: period }),
  lookback: ({ period, slow }) => period + settlingBars((2 / (slow + 1)) ** 2),
  compute: ({ close }, { period, fast, slow }) => ({ kama: kama(close, period, fast, slow) }),
});
