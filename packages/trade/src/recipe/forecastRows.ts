import type { OnProgress } from "../core/progress.ts";
import { timeframeMs } from "../core/time.ts";
import type { FeatureSet } from "../models/model.ts";
import type { SignalForecast, SignalNet } from "../models/signalNet/signalNet.ts";
import type { ClassProbabilities } from "../signals/index.ts";
import type { Recipe } from "./recipeSchema.ts";

/** Forecasts with the close times (ms UTC, ascending) of the bars that they were made on. */
export interface TimedForecast extends SignalForecast {
  readonly closeTime: Float64Array;
}

/** The decision clock: every k-th bar since 1970, whatever a range begins with. */
export function isDecisionTime(closeTime: number, recipe: Recipe): boolean {
  return (closeTime / timeframeMs(recipe.universe.timeframe)) % recipe.decision.everyBars === 0;
}

export function probabilitiesOf(forecast: SignalForecast): ClassProbabilities {
  return [forecast.buy, forecast.hold, forecast.sell];
}

export interface ForecastOptions {
  known?: TimedForecast;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** Forecasts of `rows`; those that are in `known` already (same bar, same model, same data) are not made again. */
export async function forecastRows(
  net: SignalNet,
  features: FeatureSet,
  rows: Int32Array,
  { known, signal, onProgress }: ForecastOptions = {},
): Promise<TimedForecast> {
  const at = new Map<number, number>();
  known?.closeTime.forEach((time, i) => {
    at.set(time, i);
  });
  const closeTime = Float64Array.from(rows, (row) => features.closeTime[row]!);
  const missing = rows.filter((_, i) => !at.has(closeTime[i]!));
  const made = await net.predict(features, missing, {
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  let next = 0;
  const result: TimedForecast = {
    closeTime,
    buy: new Float32Array(rows.length),
    hold: new Float32Array(rows.length),
    sell: new Float32Array(rows.length),
    return: new Float32Array(rows.length),
  };
  for (let i = 0; i < rows.length; i++) {
    const i0 = at.get(closeTime[i]!);
    const source = i0 === undefined ? made : known!;
    const j = i0 ?? next++;
    result.buy[i] = source.buy[j]!;
    result.hold[i] = source.hold[j]!;
    result.sell[i] = source.sell[j]!;
    result.return[i] = source.return[j]!;
  }
  return result;
}
