import { z } from "zod";
import { HOUR_MS } from "../core/time.ts";
import type { Panel } from "../market/bars.ts";
import { cusumEvents } from "./cusumEvents.ts";
import { dailyVolatility } from "./dailyVolatility.ts";
import { firstTouch, type Touch } from "./firstTouch.ts";
import { oneBarReturns } from "./oneBarReturns.ts";
import { soleSeries } from "./soleSeries.ts";
import { trailingDeviation } from "./trailingDeviation.ts";

const multiple = z.union([z.number().positive().max(1e9), z.literal("off")]);

/** What every label by barriers is told. */
export const barrierKeys = {
  /** bars until the vertical barrier */
  horizonBars: z.int().min(1).max(100_000).default(24),
  /** hours until it, if they end sooner: it stands at the first bar that closes so long after the entry, or later */
  horizonHours: z.number().positive().max(87_600).optional(),
  /** the unit of the barriers, a fraction of the entry price, known at the entry */
  target: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("fixed"), value: z.number().positive().lt(1) }),
      /** sample deviation of the last `windowBars` one-bar log returns x sqrt(horizonBars) */
      z.strictObject({ kind: z.literal("volatility"), windowBars: z.int().min(2).max(100_000) }),
      /** see `dailyVolatility`; no target before `minReturns` daily returns, `spanBars` (at least 2) unless given */
      z.strictObject({
        kind: z.literal("dailyVolatility"),
        spanBars: z.int().min(1).max(100_000).default(100),
        minReturns: z.int().min(2).max(100_000).optional(),
      }),
    ])
    .default({ kind: "volatility", windowBars: 100 }),
  /** a row whose target is not above this gets no label: what could be won would not pay */
  minTarget: z.number().min(0).lt(1).default(0),
  /** targets from the entry to the barrier that wins, and to the one that loses */
  profit: multiple.default(1),
  stop: multiple.default(1),
  /** range: high and low touch a barrier; close: closes alone do, and are what is paid, as in the book */
  touch: z.enum(["range", "close"]).default("range"),
  /** both barriers inside one bar. stop: the losing one came first; drop: the order is not known, no label */
  bothTouched: z.enum(["stop", "drop"]).default("stop"),
  /** rows that are labelled: all; or events of a CUSUM filter, of log returns above `threshold`, or of targets above `multiple` */
  events: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("all") }),
      z.strictObject({ kind: z.literal("cusum"), threshold: z.number().positive().max(10) }),
      z.strictObject({ kind: z.literal("cusumTarget"), multiple: z.number().positive().max(1e6) }),
    ])
    .default({ kind: "all" }),
  /** `drop`: no label across missing bars (markets that never close); `allow`: sessions, weekends and holidays */
  gaps: z.enum(["drop", "allow"]).default("drop"),
};
const barrierConfig = z.strictObject(barrierKeys);
export type BarrierConfig = z.output<typeof barrierConfig>;

/** One position from a row's close to the first barrier it met. */
export interface Outcome extends Touch {
  /** of the position: a fall is a gain for a short one */
  readonly return: number;
  readonly target: number;
}

/**
 * What a position entered at the close of any row comes to: the profit barrier stands `profit` targets above the entry
 * (below it for a short), the stop `stop` targets on the other side, the vertical one at the horizon (see `firstTouch`).
 *
 * `outcomeOf(row, side)` is null where the row is no event, has no target above `minTarget`, or its outcome is not known. For
 * the side of nobody's choice take 1: the lower barrier is then the stop.
 */
export function barrierOutcomes(
  panel: Panel,
  c: BarrierConfig,
): (row: number, side: 1 | -1) => Outcome | null {
  const usesRange = c.touch === "range";
  const bars = soleSeries(panel, usesRange ? ["open", "high", "low", "close"] : ["close"]);
  const { close } = bars;
  const targets = targetsOf(panel, close, c);
  const isEvent = eventRows(close, targets, c);
  const search = firstTouch(panel, bars, {
    horizonBars: c.horizonBars,
    horizonMs: c.horizonHours === undefined ? Number.POSITIVE_INFINITY : c.horizonHours * HOUR_MS,
    touch: c.touch,
    gaps: c.gaps,
  });
  const far = Number.POSITIVE_INFINITY;
  const profit = c.profit === "off" ? far : c.profit;
  const stop = c.stop === "off" ? far : c.stop;
  return (row, side) => {
    const entry = close[row]!;
    const target = targets[row]!;
    if (!(isEvent[row] === 1 && entry > 0 && target > c.minTarget && target < far)) return null;
    const upper = entry * (1 + target * (side > 0 ? profit : stop));
    const lower = entry * (1 - target * (side > 0 ? stop : profit));
    const touch = search(row, upper, lower, c.bothTouched === "drop" ? 0 : side > 0 ? -1 : 1);
    if (!touch) return null;
    const result = (side * (touch.price - entry)) / entry;
    return Number.isFinite(Math.fround(result)) ? { ...touch, return: result, target } : null;
  };
}

function targetsOf(panel: Panel, close: Float64Array, c: BarrierConfig): Float64Array {
  const { target, horizonBars, gaps } = c;
  if (target.kind === "fixed") return new Float64Array(close.length).fill(target.value);
  if (target.kind === "dailyVolatility") {
    const { spanBars, minReturns = Math.max(2, spanBars) } = target;
    return dailyVolatility(panel.closeTime, close, spanBars, minReturns);
  }
  const spread = trailingDeviation(oneBarReturns(panel, close, gaps), target.windowBars);
  return spread.map((s) => s * Math.sqrt(horizonBars));
}

function eventRows(close: Float64Array, targets: Float64Array, { events }: BarrierConfig): Uint8Array {
  if (events.kind === "all") return new Uint8Array(close.length).fill(1);
  const threshold = events.kind === "cusum" ? events.threshold : targets.map((s) => events.multiple * s);
  const rows = new Uint8Array(close.length);
  for (const row of cusumEvents(close, threshold)) rows[row] = 1;
  return rows;
}
