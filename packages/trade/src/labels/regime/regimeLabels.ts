import type { Part } from "../../core/parts.ts";
import type { Panel } from "../../market/bars.ts";
import type { Labeler, Labels } from "../labeler.ts";
import { oneBarReturns } from "../oneBarReturns.ts";
import { soleSeries } from "../soleSeries.ts";
import { joinShortRuns } from "./joinShortRuns.ts";
import { measureRegimes } from "./measureRegimes.ts";
import { RegimeRule, regimeNumber, regimeOf } from "./regimeRule.ts";

/**
 * The regime that a market was in at a row, told afterwards, from the bars on both sides of it. With h = halfBars,
 * R = referenceBars, c closes, r[t] = ln(c[t] / c[t-1]) and s(a..b) the sample deviation of r[a..b]:
 *
 *   usual[t]       s(t-h-R+1 .. t-h)                       the R returns before the window
 *   local[t]       s(t-h+1 .. t+h)                         the 2h returns of the window
 *   trend          ln(c[t+h] / c[t-h]) / (max(usual, local) sqrt(2h))
 *   volatility     local / usual                           column `volatilityRatio`
 *   drawdown       max over i in [t-h, t+h] of ln(max(c[t-h-R .. i]) / c[i]) / (usual sqrt(2h))
 *
 * The first that fits:
 *   6 crisis           volatility >= highVolatility and drawdown >= crisisDrawdown
 *   5 highVolatility   volatility >= highVolatility
 *   0 strongUp         trend >= strongTrend           2 strongDown   trend <= -strongTrend
 *   1 weakUp           trend >= weakTrend             3 weakDown     trend <= -weakTrend
 *   4 range            otherwise
 * A run of fewer than `minBars` equal rows counts to the regime of the last longer run before it (`joinShortRuns`). Of a random
 * walk of constant volatility the trend is about standard normal: by the defaults 32 % of its rows are in a strong trend,
 * 30 % in a weak one. All measures are in units of the market's own volatility: thresholds fit any instrument and timeframe.
 *
 * knownAt[t] = closeTime[t + h + minBars - 1]. NaN and Infinity where a bar is missing in what a row reads, in the first
 * h + R rows, the last h + minBars - 1, in a short run without a longer one before it, and where prices do not move.
 * The measures are those of the row itself, before short runs are joined. The rule is this project's own.
 */
export const regimeLabels: Part<"regime", typeof RegimeRule, Labeler> = {
  kind: "regime",
  config: RegimeRule,
  create: (rule) => ({
    columns: ["regime", "trend", "volatilityRatio", "drawdown"],
    horizonBars: rule.halfBars + rule.minBars - 1,
    label: (panel) => label(panel, rule),
  }),
};

function label(panel: Panel, rule: RegimeRule): Labels {
  const { closeTime, length } = panel;
  const { close } = soleSeries(panel, ["close"]);
  const returns = oneBarReturns(panel, close, rule.gaps);
  const measures = measureRegimes(close, returns, rule);
  const raw = Int32Array.from(measures, (m) => (m ? regimeNumber(regimeOf(m, rule)) : -1));
  // the last h rows are not known to be missing or not: they do not end a run
  const known = Math.max(0, length - rule.halfBars);
  const joined = joinShortRuns(raw.subarray(0, known), rule.minBars);
  const values = Array.from({ length: 4 }, () => new Float32Array(length).fill(Number.NaN));
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t < known; t++) {
    const m = measures[t];
    if (!m || joined[t]! < 0) continue;
    [joined[t]!, m.trend, m.volatilityRatio, m.drawdown].forEach((v, i) => {
      values[i]![t] = v;
    });
    knownAt[t] = closeTime[t + rule.halfBars + rule.minBars - 1]!;
  }
  return { values, knownAt };
}
