import type { ServedSeries } from "@orion/venue-sim";
import { timeframeMs } from "../../../core/time.ts";
import { allocateBars, type BarSeries } from "../../bars.ts";

/** Bars as the simulator takes them. */
export function servedBars(
  bars: BarSeries,
  timeframe: string,
  market: "spot" | "futures",
  price: "trade" | "mark" = "trade",
): ServedSeries {
  const barMs = timeframeMs(timeframe);
  return {
    market,
    symbol: bars.instrument,
    timeframe,
    price,
    openTime: bars.closeTime.map((time) => time - barMs),
    open: bars.open,
    high: bars.high,
    low: bars.low,
    close: bars.close,
    volume: price === "mark" ? bars.volume.map(() => 0) : bars.volume,
  };
}

/** Prices in tenths that differ from bar to bar and keep to exchanges' decimals; `startMs` is the first bar's start. */
export function tenthsBars(symbol: string, barMs: number, startMs: number, rows: number): BarSeries {
  const bars = allocateBars(symbol, rows);
  for (let i = 0; i < rows; i++) {
    const open = 16_000 + ((i * 37) % 1000) / 10;
    bars.closeTime[i] = startMs + (i + 1) * barMs;
    bars.open[i] = open;
    bars.high[i] = open + 5.5;
    bars.low[i] = open - 4.5;
    bars.close[i] = Math.round(10 * open + ((i * 13) % 40)) / 10;
    bars.volume[i] = 1 + (i % 97) / 8;
  }
  return bars;
}

/** Pages of one symbol as rows of time and numbers, to compare. */
export function rowsOf(pages: readonly BarSeries[]): number[][] {
  return pages.flatMap((p) =>
    Array.from(p.closeTime, (time, i) => [
      time,
      p.open[i]!,
      p.high[i]!,
      p.low[i]!,
      p.close[i]!,
      p.volume[i]!,
    ]),
  );
}
