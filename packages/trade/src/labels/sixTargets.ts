import { z } from "zod";
import { DataError } from "../core/errors.ts";
import type { Part } from "../core/parts.ts";
import type { Panel } from "../market/bars.ts";
import type { Labeler, Labels } from "./labeler.ts";
import { oneBarReturns } from "./oneBarReturns.ts";
import { returnThreshold, rowThresholds, sideOf } from "./returnThreshold.ts";
import { trailingDeviation } from "./trailingDeviation.ts";

const horizon = z.int().min(1).max(10_000);

const config = z
  .strictObject({
    /** bars ahead of each return, ascending; the last, at least 2, is that of position, volatility and drawdown */
    horizons: z.array(horizon).min(1).max(8).default([1, 4, 24]),
    /** the horizon that `direction` judges; the first unless said */
    directionHorizon: horizon.optional(),
    /** what the return of `directionHorizon` must exceed to be BUY or SELL */
    threshold: returnThreshold,
    /** what a trade costs in and out, as a fraction: twice 0.1 % commission and 10 basis points of slippage */
    costBand: z.number().nonnegative().lt(1).default(0.004),
    /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
    gaps: z.enum(["drop", "allow"]).default("drop"),
  })
  .superRefine(({ horizons, directionHorizon }, context) => {
    const fault = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (horizons.some((h, i) => i > 0 && h <= horizons[i - 1]!))
      fault("horizons", `${horizons.join(", ")} do not ascend: write each once, the shortest first`);
    if (horizons[horizons.length - 1]! < 2)
      fault("horizons", "the longest must be 2 bars or more: the volatility of one return is not defined");
    if (directionHorizon !== undefined && !horizons.includes(directionHorizon))
      fault("directionHorizon", `${directionHorizon} is none of the horizons ${horizons.join(", ")}`);
  });
type SixTargets = z.output<typeof config>;

/**
 * The targets of the hybrid's heads. With the close c, the horizons h (1, 4, 24) and the longest of them L, at row t:
 *
 *   return{h}   c[t+h] / c[t] - 1, a column each                                   known at the close of t + h
 *   direction   0 (BUY), 1 (HOLD), 2 (SELL): return{directionHorizon} above, within or below +- threshold
 *                                                                    known at the close of t + directionHorizon
 *   position    0 (BUY) if return{L} - costBand > 0, 2 (SELL) if -return{L} - costBand > 0, else 1 (HOLD)
 *   volatility  sample deviation (n - 1) of the L one-bar log returns from t to t + L, a bar
 *   drawdown    max(0, 1 - min(low[t+1..t+L]) / c[t]): the deepest fall below the entry, a fraction from 0 to 1
 *                                                                    these three known at the close of t + L
 *
 * `position` is not `direction` again. Direction asks where the price goes next, over a short horizon and by a
 * threshold of notice; position asks whether a trade entered now and held for L bars pays for its own costs, long or
 * short. A day that falls in a rising month is SELL in direction and BUY in position.
 *
 * The two other heads need what only a fit has, so they are no columns here. `risk` is the drawdown's rank among the
 * training rows, 0 the mildest and 1 the worst (`fitRank` over the training rows, `applyRank`): a rank over all rows would
 * tell the past how deep the future fell. `confidence` is whether the direction head was right on rows it was not trained
 * on, which the model says of its held-back folds.
 *
 * A row has all targets or none: knownAt[t] = closeTime[t+L], the last bar that any of them needs; NaN and Infinity in
 * the last L rows, where a close from t to t + L or a low after t is missing, where the threshold is not known yet, and, with
 * `gaps: "drop"`, where bars are missing in between.
 *
 * Source: the seed's targets; realised volatility as in Andersen et al. 2003, of bars; drawdown as the maximum adverse
 * excursion of Sweeney 1996.
 */
export const sixTargets: Part<"sixTargets", typeof config, Labeler> = {
  kind: "sixTargets",
  config,
  create: (c) => ({
    columns: [...c.horizons.map((h) => `return${h}`), "direction", "position", "volatility", "drawdown"],
    horizonBars: c.horizons[c.horizons.length - 1]!,
    label: (panel) => label(panel, c),
  }),
};

function label(panel: Panel, c: SixTargets): Labels {
  const { closeTime, length } = panel;
  const bars = panel.series[0];
  if (!bars) throw new DataError("labels: the panel holds no instrument: give it one series of bars");
  const { close, low } = bars;
  if (close.length !== length || low.length !== length || closeTime.length !== length) {
    throw new DataError(
      `labels: ${closeTime.length} times, ${close.length} closes and ${low.length} lows in a panel of ${length} rows`,
    );
  }
  const longest = c.horizons[c.horizons.length - 1]!;
  const directed = c.directionHorizon ?? c.horizons[0]!;
  const returns = oneBarReturns(panel, close, c.gaps);
  const limits = rowThresholds(c.threshold, returns, directed);
  const spread = trailingDeviation(returns, longest);
  const deepest = lowestOf(close, low, longest);

  const values = Array.from({ length: c.horizons.length + 4 }, () =>
    new Float32Array(length).fill(Number.NaN),
  );
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t + longest < length; t++) {
    const entry = close[t]!;
    const outcome = (h: number): number => (close[t + h]! - entry) / entry;
    const whole = outcome(longest);
    const row = [
      ...c.horizons.map(outcome),
      sideOf(outcome(directed), limits[t]!),
      sideOf(whole, c.costBand),
      spread[t + longest]!,
      Math.max(0, (entry - deepest[t + longest]!) / entry),
    ];
    // The deviation is known only where each close from t on is: one missing bar would hide its own fall.
    if (!(entry > 0 && Number.isFinite(limits[t]!))) continue;
    if (!row.every((value) => Number.isFinite(Math.fround(value)))) continue;
    values.forEach((column, i) => {
      column[t] = row[i]!;
    });
    knownAt[t] = closeTime[t + longest]!;
  }
  return { values, knownAt };
}

/**
 * The lowest price of the last `bars` rows: lows, and closes where a vendor has one below its low; NaN where a low of
 * them is not a price. A stack of candidates, ascending: O(1) a bar.
 */
function lowestOf(close: Float64Array, low: Float64Array, bars: number): Float64Array {
  const out = new Float64Array(close.length).fill(Number.NaN);
  const bottom = low.map((price, t) => Math.min(price, close[t]!));
  const candidates = new Int32Array(close.length);
  let first = 0;
  let end = 0;
  let missing = -1;
  for (let t = 0; t < out.length; t++) {
    if (!(bottom[t]! > 0 && Number.isFinite(low[t]!))) missing = t;
    while (end > first && !(bottom[candidates[end - 1]!]! < bottom[t]!)) end--;
    candidates[end++] = t;
    while (candidates[first]! <= t - bars) first++;
    if (t >= bars - 1 && missing <= t - bars) out[t] = bottom[candidates[first]!]!;
  }
  return out;
}
