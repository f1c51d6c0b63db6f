import { MINUTE_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../../market/bars.ts";

export const CHILD_KEY = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" } as const;

/** Bars for tests whose numbers differ with the version, and do not compress away. */
export function versionBars(version: number, rows: number, startMs = 1672531200000): BarSeries {
  const bars = allocateBars("BTCUSDT", rows);
  for (let i = 0; i < rows; i++) {
    const wave = Math.sin(i * 12.9898 + version) * 43758.5453;
    const open = 16000 + wave - Math.floor(wave);
    bars.closeTime[i] = startMs + (i + 1) * 5 * MINUTE_MS;
    bars.open[i] = open;
    bars.high[i] = open + 3;
    bars.low[i] = open - 2;
    bars.close[i] = open + 1 / (1 + (i % 7));
    bars.volume[i] = i % 11;
  }
  return bars;
}
