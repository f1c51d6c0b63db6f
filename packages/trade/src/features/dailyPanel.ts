import { DAY_MS } from "../core/time.ts";
import { allocateBars, type Panel } from "../market/bars.ts";

/** A panel of `length` daily bars that end at this close by row, each bar from the previous close. */
export function dailyPanel(length: number, closes: Record<string, (t: number) => number>): Panel {
  const closeTime = Float64Array.from({ length }, (_, t) => (18_000 + t) * DAY_MS);
  const series = Object.entries(closes).map(([instrument, at]) => {
    const bars = { ...allocateBars(instrument, length), closeTime };
    for (let t = 0; t < length; t++) {
      bars.open[t] = at(t - 1);
      bars.close[t] = at(t);
      bars.high[t] = Math.max(at(t - 1), at(t));
      bars.low[t] = Math.min(at(t - 1), at(t));
      bars.volume[t] = 5;
    }
    return bars;
  });
  return { length, closeTime, series };
}
