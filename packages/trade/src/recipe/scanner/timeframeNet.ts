import { DAY_MS, timeframeMs } from "../../core/time.ts";
import type { FitContext } from "../../models/model.ts";
import type { SignalNetFit } from "../../models/signalNet/fitSignalNet.ts";
import { fitSignalNet } from "../../models/signalNet/fitSignalNet.ts";
import { SignalNet } from "../../models/signalNet/signalNet.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { rowAt, type TimeframeRows } from "./timeframeRows.ts";

/** A stretch of time, ms UTC, that a fit must neither learn from nor have outcomes in. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * A stretch of time that no fewer than so many bars of the recipe fill, ms: exchanges close on two days of seven, and on up to
 * four in a row.
 */
export function embargoMs(recipe: ScannerRecipe, bars: number): number {
  const ms = bars * timeframeMs(recipe.universe.timeframe);
  return recipe.universe.market === "stock" ? ms * (7 / 5) + 4 * DAY_MS : ms;
}

/** A symbol at a moment: who and when a forecast is wanted. */
export interface Moment {
  readonly symbol: string;
  /** ms UTC */
  readonly time: number;
}

/** What a network says of each of many moments; NaN where it has no window there. */
export interface TimeframeForecast {
  /** of the next bar, a fraction */
  readonly expected: Float32Array;
  /** P(BUY) - P(SELL) of the next bar */
  readonly edge: Float32Array;
}

/** Windows that judge when a fit stops: the last tenth in time. */
const HELD_BACK = 0.1;

/**
 * Fits the network of one timeframe on windows whose outcome was known by `until` and that lie outside `without`, the span
 * of a fold: neither their decision nor their outcome may fall into it. The last tenth of their time, purged, decides when to
 * stop. Windows are thinned evenly to `mostWindows`.
 * @returns undefined where fewer than `leastWindows` are left
 */
export async function fitTimeframe(
  recipe: ScannerRecipe,
  rows: TimeframeRows,
  until: number,
  without: TimeSpan | undefined,
  context: FitContext,
): Promise<SignalNetFit | undefined> {
  const { training, scaling, model, mostWindows, leastWindows } = recipe.timeframes;
  const { closeTime, knownAt, features, targets, usable } = rows.stack;
  const allowed = usable.filter((row) => {
    if (rows.whole[row] !== 1 || !(knownAt[row]! <= until)) return false;
    return !without || knownAt[row]! < without.from || closeTime[row]! > without.to;
  });
  const times = Float64Array.from(allowed, (row) => closeTime[row]!).sort();
  const cut = times[Math.floor(times.length * (1 - HELD_BACK))] ?? Number.POSITIVE_INFINITY;
  const train = thinned(
    allowed.filter((row) => knownAt[row]! < cut),
    mostWindows,
  );
  const validation = thinned(
    allowed.filter((row) => closeTime[row]! >= cut),
    Math.max(2 * training.batch, Math.ceil(mostWindows * HELD_BACK)),
  );
  if (train.length < leastWindows || validation.length < training.batch) return undefined;
  return fitSignalNet(
    {
      network: model,
      training,
      scaling,
      metadata: { recipe: recipe.name, timeframe: rows.timeframe },
    },
    {
      features: { names: rows.names, columns: features, closeTime },
      classes: targets.class!,
      returns: targets.forwardReturn!,
      train,
      validation,
    },
    context,
  );
}

/** Every k-th row, so that at most `most` are left; they stay in order. */
function thinned(rows: Int32Array, most: number): Int32Array {
  const step = rows.length / Math.min(rows.length, most);
  return Int32Array.from({ length: Math.min(rows.length, most) }, (_, i) => rows[Math.floor(i * step)]!);
}

/** What a fitted network says at each of the moments, each from the newest bar that had closed by then. */
export async function forecastMoments(
  net: SignalNet,
  rows: TimeframeRows,
  moments: readonly Moment[],
  signal: AbortSignal | undefined,
): Promise<TimeframeForecast> {
  const expected = new Float32Array(moments.length).fill(Number.NaN);
  const edge = new Float32Array(moments.length).fill(Number.NaN);
  const asked: number[] = [];
  const places: number[] = [];
  for (const [i, { symbol, time }] of moments.entries()) {
    const row = rowAt(rows, symbol, time);
    if (row < 0) continue;
    asked.push(row);
    places.push(i);
  }
  if (asked.length === 0) return { expected, edge };
  const { features, closeTime } = rows.stack;
  const forecast = await net.predict(
    { names: rows.names, columns: features, closeTime },
    Int32Array.from(asked),
    { ...(signal ? { signal } : {}) },
  );
  for (const [k, i] of places.entries()) {
    expected[i] = forecast.return[k]!;
    edge[i] = forecast.buy[k]! - forecast.sell[k]!;
  }
  return { expected, edge };
}

/** Opens a fit, asks it, and closes it again. */
export async function askOnce(
  fit: SignalNetFit,
  rows: TimeframeRows,
  moments: readonly Moment[],
  signal: AbortSignal | undefined,
): Promise<TimeframeForecast> {
  const net = await SignalNet.open(fit.onnx, fit.manifest);
  try {
    return await forecastMoments(net, rows, moments, signal);
  } finally {
    await net.close();
  }
}
