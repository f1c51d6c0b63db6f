import { z } from "zod";
import { newColumn } from "../newColumn.ts";
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
  const out = percentRank(roc(close, 1), rankPeriod);
  for (let t = 0; t < out.length; t++) out[t] = (out[t]! + strength[t]! + streak[t]!) / 3;
  return out;
}

/** Closes in a row that rose or, below 0, fell; 0 in the first row and behind a missing one. */
function streaks(close: Float64Array): Float64Array {
  const out = newColumn(close.length);
  let run = 0;
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const step = close[t]! - before;
    before = close[t]!;
    if (step > 0) run = run > 0 ? run + 1 : 1;
    else if (step < 0) run = run < 0 ? run - 1 : -1;
    else run = 0;
    out[t] = Number.isNaN(before) ? Number.NaN : run;
  }
  return out;
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
