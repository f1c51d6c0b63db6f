import { z } from "zod";
import type { Part } from "../core/parts.ts";
import type { Panel } from "../market/bars.ts";
import { barStepMs } from "./barStepMs.ts";
import type { Labeler, Labels } from "./labeler.ts";
import { soleSeries } from "./soleSeries.ts";

const config = z.strictObject({
  /** bars ahead of each return, ascending */
  horizons: z
    .array(z.int().min(1).max(100_000))
    .min(1)
    .max(64)
    .refine((all) => all.every((h, i) => i === 0 || h > all[i - 1]!), {
      message: "horizons do not ascend: write each once, the shortest first",
    })
    .default([1]),
  /** simple: c[t+h] / c[t] - 1; log: ln(c[t+h] / c[t]) */
  returns: z.enum(["simple", "log"]).default("simple"),
  /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
  gaps: z.enum(["drop", "allow"]).default("drop"),
});
type ForwardReturns = z.output<typeof config>;

/**
 * The return over each of the horizons, a column each: `return{h}`.
 *
 * A row has all of them or none: knownAt[t] = closeTime[t+H] with H the longest. NaN and Infinity: in the last H rows,
 * where a price at either end of a horizon is missing, and, with `gaps: "drop"`, where bars are missing before t + H.
 */
export const forwardReturns: Part<"forwardReturns", typeof config, Labeler> = {
  kind: "forwardReturns",
  config,
  create: (c) => ({
    columns: c.horizons.map((h) => `return${h}`),
    horizonBars: c.horizons[c.horizons.length - 1]!,
    label: (panel) => label(panel, c),
  }),
};

function label(panel: Panel, { horizons, returns, gaps }: ForwardReturns): Labels {
  const { closeTime, length } = panel;
  const { close } = soleSeries(panel, ["close"]);
  const stepMs = barStepMs(closeTime);
  const longest = horizons[horizons.length - 1]!;
  const values = horizons.map(() => new Float32Array(length).fill(Number.NaN));
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const row = new Float64Array(horizons.length);
  for (let t = 0; t + longest < length; t++) {
    const now = close[t]!;
    if (!(now > 0)) continue;
    if (gaps === "drop" && closeTime[t + longest]! - closeTime[t]! !== longest * stepMs) continue;
    let whole = true;
    for (let i = 0; i < horizons.length && whole; i++) {
      const later = close[t + horizons[i]!]!;
      row[i] = returns === "log" ? Math.log(later / now) : (later - now) / now;
      whole = later > 0 && Number.isFinite(Math.fround(row[i]!));
    }
    if (!whole) continue;
    for (let i = 0; i < values.length; i++) values[i]![t] = row[i]!;
    knownAt[t] = closeTime[t + longest]!;
  }
  return { values, knownAt };
}
