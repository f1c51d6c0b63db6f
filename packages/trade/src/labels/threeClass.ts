import { z } from "zod";
import { DataError } from "../core/errors.ts";
import type { Part } from "../core/parts.ts";
import type { Panel } from "../market/bars.ts";
import { barStepMs } from "./barStepMs.ts";
import type { Labeler } from "./labeler.ts";
import { oneBarReturns } from "./oneBarReturns.ts";
import { returnThreshold, rowThresholds, sideOf } from "./returnThreshold.ts";

const config = z.strictObject({
  /** bars from the decision to the outcome */
  horizonBars: z.int().min(1).max(100_000).default(1),
  /** what a return must exceed, as a fraction (0.005 is half a percent) or in units of its own volatility */
  threshold: returnThreshold,
  /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
  gaps: z.enum(["drop", "allow"]).default("drop"),
});
type ThreeClass = z.output<typeof config>;

/**
 * BUY, HOLD or SELL by the return of the next `horizonBars` bars, and that return:
 *   forwardReturn[t] = close[t+h] / close[t] - 1
 *   class[t] = 0 (BUY) if forwardReturn > threshold, 2 (SELL) if forwardReturn < -threshold, else 1 (HOLD).
 * A volatility threshold is multiple x s[t] x sqrt(h), with s[t] the sample deviation of the last `windowBars`
 * one-bar log returns, known at t (h independent bars spread as sqrt(h)).
 *
 * knownAt[t] = closeTime[t+h]. NaN and Infinity: in the last h rows, where a price at either end is missing, where the
 * volatility is not known yet, and, with `gaps: "drop"`, where bars are missing in between: what stands h rows later
 * is then not what happened h bars later. The length of a bar is the usual distance of the panel's times.
 *
 * Source: the labels of the seed, fixed horizon; Lopez de Prado, Advances in Financial Machine Learning, 2018, 3.2-3.3
 * for its faults and the threshold in units of volatility.
 */
export const threeClass: Part<"threeClass", typeof config, Labeler> = {
  kind: "threeClass",
  config,
  create: (c) => ({
    columns: ["class", "forwardReturn"],
    horizonBars: c.horizonBars,
    label: (panel) => label(panel, c),
  }),
};

function label(panel: Panel, { horizonBars: h, threshold, gaps }: ThreeClass) {
  const { closeTime, length } = panel;
  const close = panel.series[0]?.close;
  if (!close) throw new DataError("labels: the panel holds no instrument: give it one series of bars");
  if (close.length !== length || closeTime.length !== length) {
    throw new DataError(
      `labels: ${closeTime.length} times and ${close.length} closes in a panel of ${length} rows`,
    );
  }
  const stepMs = barStepMs(closeTime);
  const unbroken = (from: number, to: number): boolean =>
    gaps === "allow" || closeTime[to]! - closeTime[from]! === (to - from) * stepMs;

  const limits = rowThresholds(threshold, oneBarReturns(panel, close, gaps), h);

  const classes = new Float32Array(length).fill(Number.NaN);
  const forward = new Float32Array(length).fill(Number.NaN);
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t + h < length; t++) {
    const now = close[t]!;
    const later = close[t + h]!;
    if (!(now > 0 && later > 0 && Number.isFinite(limits[t]!) && unbroken(t, t + h))) continue;
    const outcome = (later - now) / now;
    if (!Number.isFinite(Math.fround(outcome))) continue;
    classes[t] = sideOf(outcome, limits[t]!);
    forward[t] = outcome;
    knownAt[t] = closeTime[t + h]!;
  }
  return { values: [classes, forward], knownAt };
}
