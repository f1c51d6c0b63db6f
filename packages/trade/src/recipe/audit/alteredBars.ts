import { upperBound } from "../../core/columns.ts";
import { seededRandom } from "../../core/random.ts";
import { BAR_COLUMNS, type BarSeries, sliceBars } from "../../market/bars.ts";
import type { AuditBars } from "./auditPipeline.ts";

/** What was known at `at` (ms UTC): the bars that had closed by then, of every series. */
export function barsUntil(bars: AuditBars, at: number): AuditBars {
  const cut = (series: BarSeries): BarSeries => sliceBars(series, 0, upperBound(series.closeTime, at));
  return { targets: bars.targets.map(cut), context: bars.context.map(cut) };
}

/**
 * The same bars up to `at` and another future after it: every price times a factor of its series (between 0.4 and 2.5) and a
 * jitter of its bar, high and low further out, volumes scaled and jittered. What is missing stays missing.
 */
export function barsChangedAfter(bars: AuditBars, at: number, seed: number): AuditBars {
  const random = seededRandom(seed);
  const change = (series: BarSeries): BarSeries => {
    const from = upperBound(series.closeTime, at);
    const copy = {
      ...series,
      ...Object.fromEntries(BAR_COLUMNS.map((name) => [name, series[name].slice()])),
    };
    const level = random.next() < 0.5 ? 0.4 + 0.4 * random.next() : 1.25 + 1.25 * random.next();
    const trade = 0.1 + 5 * random.next();
    for (let t = from; t < series.length; t++) {
      const factor = level * (0.9 + 0.2 * random.next());
      copy.open[t] = copy.open[t]! * factor;
      copy.close[t] = copy.close[t]! * factor;
      copy.high[t] = copy.high[t]! * factor * (1 + 0.03 * random.next());
      copy.low[t] = copy.low[t]! * factor * (1 - 0.03 * random.next());
      copy.volume[t] = copy.volume[t]! * trade * (0.2 + 1.6 * random.next());
    }
    return copy;
  };
  return { targets: bars.targets.map(change), context: bars.context.map(change) };
}
