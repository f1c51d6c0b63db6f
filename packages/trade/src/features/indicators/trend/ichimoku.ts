import { z } from "zod";
import { delayed } from "../delayed.ts";
import { linear } from "../linear.ts";
import { rawColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";

/**
 * Ichimoku Kinko Hyo without its lagging span, default 9, 26, 52 and a displacement d of 26. With M(n) the middle between the
 * highest high and the lowest low of n bars:
 *   conversion = M(9),   base = M(26),   spanA[t] = (conversion[t-d] + base[t-d]) / 2,   spanB[t] = M(52)[t-d].
 * The spans are what a chart shows at bar t: they were known d bars before. The lagging span (chikou), which a chart draws d bars
 * back, would put the close of t+d at bar t and is left out.
 * Source: Hosoda 1969; the displacement is that of StockCharts. TradingView draws the spans d-1 bars ahead (25).
 */
export function ichimoku(
  high: Float64Array,
  low: Float64Array,
  [conversion, base, span]: readonly [number, number, number] = [9, 26, 52],
  displacement = 26,
): { conversion: Float64Array; base: Float64Array; spanA: Float64Array; spanB: Float64Array } {
  const bottom = rawColumn(low.length);
  const middle = (period: number): Float64Array => {
    const top = rollingMax(high, period);
    return linear(top, 0.5, rollingMin(low, period, bottom), 0.5, top);
  };
  const quick = middle(conversion);
  const slow = middle(base);
  const spanB = middle(span);
  delayed(spanB, displacement, spanB);
  const spanA = linear(quick, 0.5, slow, 0.5, bottom);
  delayed(spanA, displacement, spanA);
  return { conversion: quick, base: slow, spanA, spanB };
}

export const ichimokuIndicator = indicator({
  name: "ichimoku",
  title: "Ichimoku cloud without its look-ahead span",
  formula:
    "M(n) = (highest high + lowest low of n bars) / 2, conversion = M(9), base = M(26), spanA = (conversion[t-d] + base[t-d]) / 2, spanB = M(52)[t-d]",
  source: "Hosoda 1969",
  params: z.strictObject({
    conversion: bars(9),
    base: bars(26),
    span: bars(52),
    displacement: bars(26, 0),
  }),
  inputs: ["high", "low"],
  outputs: ({ conversion, base, span, displacement }) => ({
    conversion: conversion - 1,
    base: base - 1,
    spanA: Math.max(conversion, base) - 1 + displacement,
    spanB: span - 1 + displacement,
  }),
  lookback: ({ conversion, base, span, displacement }) => Math.max(conversion, base, span) - 1 + displacement,
  compute: ({ high, low }, { conversion, base, span, displacement }) =>
    ichimoku(high, low, [conversion, base, span], displacement),
});
