import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { rsi } from "../rsi.ts";
import { percentRank } from "./percentRank.ts";
import { roc } from "./roc.ts";

/**
 * Connors RSI, 0 to 100, default 3, 2, 100: the mean of RSI(close, n), RSI(streak, m) and the percent rank of today's change among the changes of
 * the k bars before. The streak counts the closes in a row that rose (1, 2, ...) or fell (-1, -2, ...); an unchanged close makes it 0.
 * NaN before row max(n, m, k + 1).
 * Source: Connors and Alvarez, An Introduction to ConnorsRSI, 2012. The same in TradingView.
 */
export function connorsRsi(
  close: Float64Array,
  period = 3,
  streakPeriod = 2,
  rankPeriod = 100,
): Float64Array {
  const strength = rsi(close, period);
  const streak = rsi(streaks(close), streakPeriod);
  return percentRank(roc(close, 1), rankPeriod).map((rank, t) => (strength[t]! + streak[t]! + rank) / 3);
}

/** Closes in a row that rose or, below 0, fell; 0 in the first row and behind a missing one. */
function streaks(close: Float64Array): Float64Array {
  let run = 0;
  return close.map((now, t) => {
    const change = t === 0 || Number.isNaN(close[t - 1]!) ? 0 : now - close[t - 1]!;
    if (change > 0) run = Math.max(1, run + 1);
    else if (change < 0) run = Math.min(-1, run - 1);
    else run = 0;
    return Number.isNaN(now) ? Number.NaN : run;
  });
}

export const connorsRsiIndicator = indicator({
  name: "connorsRsi",
  aliases: ["crsi"],
  title: "Connors RSI",
  formula: "(RSI(close, n) + RSI(streak, m) + percent rank of ROC(1) among the k before) / 3",
  source: "Connors and Alvarez, An Introduction to ConnorsRSI, 2012",
  params: z.strictObject({ period: bars(3), streakPeriod: bars(2), rankPeriod: bars(100) }),
  inputs: ["close"],
  outputs: ({ period, streakPeriod, rankPeriod }) => ({
    connorsRsi: Math.max(period, streakPeriod, rankPeriod + 1),
  }),
  // A streak has no longest length: what it was before the first turn depends on where the history begins.
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ close }, { period, streakPeriod, rankPeriod }) => ({
    connorsRsi: connorsRsi(close, period, streakPeriod, rankPeriod),
  }),
});
