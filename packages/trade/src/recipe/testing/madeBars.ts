import { allocateBars, type BarSeries } from "../../market/bars.ts";

/** Bars without a gap whose numbers tell their row: open 100 + row, close one more, volume 10 + row. */
export function madeBars(instrument: string, startMs: number, barMs: number, length: number): BarSeries {
  const bars = allocateBars(instrument, length);
  for (let i = 0; i < length; i++) {
    bars.closeTime[i] = startMs + (i + 1) * barMs;
    bars.open[i] = 100 + i;
    bars.high[i] = 102 + i;
    bars.low[i] = 99 + i;
    bars.close[i] = 101 + i;
    bars.volume[i] = 10 + i;
  }
  return bars;
}
