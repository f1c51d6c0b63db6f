import { z } from "zod";
import { isFiniteNumber } from "../finite.ts";
import { newColumn } from "../newColumn.ts";
import { indicator, number } from "../registry/indicator.ts";

/**
 * Parabolic stop and reverse, default step 0.02 and limit 0.2: the stop in force in bar t,
 *   sar[t] = sar[t-1] + a (x - sar[t-1]),
 * x the extreme price of the trend so far, a the acceleration: `step` at first, `step` more with every new extreme, at most `limit`.
 * In a rising trend the stop is not above the lows of the two bars before, in a falling one not below their highs. A bar that
 * crosses it turns the trend: the stop jumps to the extreme x, and the new trend begins with the bar's own extreme.
 * `direction` is 1 in a rising trend, -1 in a falling one. NaN in row 0; the whole history counts until the first turn or two.
 *
 * Source: Wilder 1978, who begins with a known trade. Begun here as in Tulip: rising if the middle of bar 1 is not below that of
 * bar 0, from bar 0's low. TA-Lib decides by the directional movement, TradingView by the closes: they agree after a turn.
 */
export function psar(
  high: Float64Array,
  low: Float64Array,
  step = 0.02,
  limit = 0.2,
): { psar: Float64Array; direction: Float64Array } {
  const stop = newColumn(high.length);
  const direction = newColumn(high.length);
  let seen = 0;
  let rising = true;
  let extreme = 0;
  let sar = 0;
  let acceleration = step;
  for (let t = 0; t < high.length; t++) {
    const top = high[t]!;
    const bottom = low[t]!;
    seen = isFiniteNumber(top + bottom) ? seen + 1 : 0;
    if (seen < 2) {
      stop[t] = direction[t] = Number.NaN;
      continue;
    }
    if (seen === 2) {
      rising = high[t - 1]! + low[t - 1]! <= top + bottom;
      extreme = rising ? high[t - 1]! : low[t - 1]!;
      sar = rising ? low[t - 1]! : high[t - 1]!;
      acceleration = step;
    }
    sar += acceleration * (extreme - sar);
    const older = seen > 2 ? t - 2 : t - 1;
    if (rising) sar = Math.min(Math.min(sar, low[t - 1]!), low[older]!);
    else sar = Math.max(Math.max(sar, high[t - 1]!), high[older]!);
    const reached = rising ? top : bottom;
    if (rising ? reached > extreme : reached < extreme) {
      extreme = reached;
      acceleration = Math.min(limit, acceleration + step);
    }
    if (rising ? bottom < sar : top > sar) {
      sar = extreme;
      extreme = rising ? bottom : top;
      rising = !rising;
      acceleration = step;
    }
    stop[t] = sar;
    direction[t] = rising ? 1 : -1;
  }
  return { psar: stop, direction };
}

export const psarIndicator = indicator({
  name: "psar",
  aliases: ["sar"],
  title: "Parabolic stop and reverse",
  formula:
    "sar[t-1] + a (x - sar[t-1]), x the trend's extreme, a from step by step to limit; kept outside the two bars before; direction 1 or -1",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({ step: number(0.02, 1e-6, 10), limit: number(0.2, 1e-6, 10) }),
  inputs: ["high", "low"],
  outputs: () => ({ psar: 1, direction: 1 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ high, low }, { step, limit }) => psar(high, low, step, limit),
});
