import { z } from "zod";
import type { Part } from "../core/parts.ts";
import type { Panel } from "../market/bars.ts";
import { barStepMs } from "./barStepMs.ts";
import type { Labeler, Labels } from "./labeler.ts";
import { soleSeries } from "./soleSeries.ts";

const config = z
  .strictObject({
    /** bars that the shortest and the longest window reach ahead; the line is fitted through them and the row itself */
    minBars: z.int().min(2).max(10_000).default(4),
    maxBars: z.int().min(2).max(10_000).default(19),
    /** distance of one window's length from the next */
    stepBars: z.int().min(1).max(10_000).default(1),
    /** |t| below which there is no trend: HOLD */
    minT: z.number().min(0).max(1e6).default(0),
    price: z.enum(["close", "logClose"]).default("close"),
    /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
    gaps: z.enum(["drop", "allow"]).default("drop"),
  })
  .refine((c) => c.minBars <= c.maxBars, {
    path: ["minBars"],
    message: "the shortest window must not be longer than the longest",
  });
type TrendScanning = z.output<typeof config>;

/** Share of the variance that a line always leaves: below it, doubles hold only rounding. */
const LEAST_UNEXPLAINED = 1e-12;

/** A price so many times its first is no path that a line tells anything of; its squares still add up. */
const ENORMOUS = 1e100;

/**
 * The trend that begins at a row. For each window of l = minBars, minBars + stepBars ... maxBars bars ahead, the line
 * c[t+i] = a + b i + e, i = 0..l, by least squares, and the t-value of its slope: t = b / se(b), l - 1 degrees of freedom.
 *
 *   class          0 (BUY) if the t of largest absolute value is above minT, 2 (SELL) if below -minT, else 1 (HOLD)
 *   forwardReturn  c[t+l] / c[t] - 1 of the window with that t, the shortest of equals
 *   label          1, -1, 0: BUY, SELL, HOLD
 *   tValue         that t; a line without error counts as one that leaves 1e-12 of the variance, a constant price as 0
 *   windowBars     its l
 *
 * knownAt[t] = closeTime[t + maxBars], for all: that a short window won is known only when the longest has lost. The end of the
 * chosen window, which the paper gives as the label's end, would let a split keep labels chosen by prices it must not have
 * seen. NaN and Infinity in the last maxBars rows, where a price is missing in them, and, with `gaps: "drop"`, a bar.
 *
 * Such t-values are the largest of many on one path: they are no test of significance.
 * Source: Lopez de Prado 2019, Advances in Financial Machine Learning, lecture 3 (SSRN 3257419), "trend-scanning labels".
 */
export const trendScanning: Part<"trendScanning", typeof config, Labeler> = {
  kind: "trendScanning",
  config,
  create: (c) => ({
    columns: ["class", "forwardReturn", "label", "tValue", "windowBars"],
    horizonBars: c.maxBars,
    label: (panel) => label(panel, c),
  }),
};

function label(panel: Panel, c: TrendScanning): Labels {
  const { closeTime, length } = panel;
  const { close } = soleSeries(panel, ["close"]);
  const stepMs = barStepMs(closeTime);
  const values = Array.from({ length: 5 }, () => new Float32Array(length).fill(Number.NaN));
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t + c.maxBars < length; t++) {
    const end = t + c.maxBars;
    if (c.gaps === "drop" && closeTime[end]! - closeTime[t]! !== c.maxBars * stepMs) continue;
    const best = strongestTrend(close, t, c);
    if (!best) continue;
    const forwardReturn = (close[t + best.bars]! - close[t]!) / close[t]!;
    if (!Number.isFinite(Math.fround(forwardReturn))) continue;
    const side = best.t > c.minT ? 1 : best.t < -c.minT ? -1 : 0;
    const cells = [1 - side, forwardReturn, side, best.t, best.bars];
    for (let i = 0; i < cells.length; i++) values[i]![t] = cells[i]!;
    knownAt[t] = closeTime[end]!;
  }
  return { values, knownAt };
}

/** Prices relative to the first, which leaves t as it is; null where one of them is none. */
function strongestTrend(
  close: Float64Array,
  from: number,
  { minBars, maxBars, stepBars, price }: TrendScanning,
): { t: number; bars: number } | null {
  const first = close[from]!;
  if (!(first > 0)) return null;
  let sum = 0;
  let squares = 0;
  let product = 0;
  let strongest = 0;
  let bars = 0;
  for (let l = 0; l <= maxBars; l++) {
    const now = close[from + l]!;
    if (!(now > 0 && now / first < ENORMOUS)) return null;
    const y = price === "logClose" ? Math.log(now / first) : (now - first) / first;
    sum += y;
    squares += y * y;
    product += l * y;
    if (l < minBars || (l - minBars) % stepBars !== 0) continue;
    const n = l + 1;
    const spreadX = (n * (n * n - 1)) / 12;
    const spreadY = squares - (sum * sum) / n;
    const shared = product - (sum * l) / 2;
    const r2 = spreadY > 0 ? (shared * shared) / (spreadX * spreadY) : 0;
    const t = Math.sign(shared) * Math.sqrt((r2 * (n - 2)) / Math.max(LEAST_UNEXPLAINED, 1 - r2));
    if (bars > 0 && Math.abs(t) <= Math.abs(strongest)) continue;
    strongest = t;
    bars = l;
  }
  return { t: strongest, bars };
}
