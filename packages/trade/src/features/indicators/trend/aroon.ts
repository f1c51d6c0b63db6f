import { z } from "zod";
import { extremeAge } from "../extremeAge.ts";
import { linear, scaled } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Aroon, 0 to 100, default 25: up = 100 (n - bars since the highest high) / n, down = 100 (n - bars since the lowest low) / n, both
 * over the last n+1 bars; oscillator = up - down. NaN before row n. Of equal extremes the newest counts.
 * Source: Chande 1995. TA-Lib and Tulip also take n+1 bars and the newest; StockCharts' text says n bars, its worked charts n+1;
 * TradingView takes n+1 bars and the newest.
 */
export function aroon(
  high: Float64Array,
  low: Float64Array,
  period = 25,
): { up: Float64Array; down: Float64Array; oscillator: Float64Array } {
  const up = extremeAge(high, period + 1, 1);
  const down = extremeAge(low, period + 1, -1);
  scaled(up, -100 / period, 100, up);
  scaled(down, -100 / period, 100, down);
  return { up, down, oscillator: linear(up, 1, down, -1) };
}

export const aroonIndicator = indicator({
  name: "aroon",
  aliases: ["aroonosc"],
  title: "Aroon",
  formula:
    "up, down = 100 (n - bars since the highest high, the lowest low of n+1 bars) / n, oscillator = up - down",
  source: "Chande, Stocks & Commodities 13:9, 1995",
  params: z.strictObject({ period: bars(25) }),
  inputs: ["high", "low"],
  outputs: ({ period }) => ({ up: period, down: period, oscillator: period }),
  lookback: ({ period }) => period,
  compute: ({ high, low }, { period }) => aroon(high, low, period),
});
