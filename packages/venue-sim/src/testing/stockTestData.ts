import type { ServedSeries } from "../served.ts";
import { usSession } from "../session.ts";
import { madeSeries } from "./madeSeries.ts";

const DAY = 86_400_000;

/** Daily bars on the sessions of US exchanges from `start` (00:00 UTC of a date) on, whole volumes. */
export function madeDaily(symbol: string, start: number, count: number, seed: number): ServedSeries {
  const days: number[] = [];
  for (let day = start; days.length < count; day += DAY) if (usSession(day)) days.push(day);
  const series = madeSeries("stock", symbol, "1d", start, count, DAY, seed);
  return {
    ...series,
    openTime: Float64Array.from(days),
    volume: series.volume.map((v) => Math.round(v * 1000)),
  };
}
