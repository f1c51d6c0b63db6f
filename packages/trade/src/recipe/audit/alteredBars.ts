import { upperBound } from "../../core/columns.ts";
import { seededRandom } from "../../core/random.ts";
import { BAR_COLUMNS, type BarSeries, sliceBars } from "../../market/bars.ts";
import { type BesideSeries, settlementHour } from "../../market/panel/besideColumns.ts";
import type { AuditBars } from "./auditPipeline.ts";

/** What was known at `at` (ms UTC): the bars that had closed by then, of every series, and what had been settled or counted. */
export function barsUntil(bars: AuditBars, at: number): AuditBars {
  const cut = (series: BarSeries): BarSeries => sliceBars(series, 0, upperBound(series.closeTime, at));
  return {
    targets: bars.targets.map(cut),
    context: bars.context.map(cut),
    ...(bars.beside ? { beside: bars.beside.map((one) => besideUntil(one, at)) } : {}),
    ...(bars.peers ? { peers: bars.peers.map(cut) } : {}),
  };
}

function besideUntil({ funding, mark, openInterest }: BesideSeries, at: number): BesideSeries {
  const found: { -readonly [K in keyof BesideSeries]: BesideSeries[K] } = {};
  if (funding) {
    const length = upperBound(funding.time.map(settlementHour), at);
    const [time, rate] = [funding.time.subarray(0, length), funding.rate.subarray(0, length)];
    found.funding = { ...funding, length, time, rate };
  }
  if (mark) found.mark = { ...mark, bars: sliceBars(mark.bars, 0, upperBound(mark.bars.closeTime, at)) };
  if (openInterest) {
    const { series } = openInterest;
    const length = upperBound(series.time, at);
    const [time, contracts, value] = [series.time, series.contracts, series.value].map((column) =>
      column.subarray(0, length),
    ) as [Float64Array, Float64Array, Float64Array];
    found.openInterest = { ...openInterest, series: { ...series, length, time, contracts, value } };
  }
  return found;
}

/**
 * The same bars up to `at` and another future after it: every price times a factor of its series (between 0.4 and 2.5) and a
 * jitter of its bar, high and low further out, volumes scaled and jittered. What is missing stays missing. Funding becomes
 * another rate of up to 0.3 % either way, mark prices change as prices do, open interest as volumes do.
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
  const besideChanged = ({ funding, mark, openInterest }: BesideSeries): BesideSeries => {
    const found: { -readonly [K in keyof BesideSeries]: BesideSeries[K] } = {};
    if (funding) {
      const rate = funding.rate.map((was, i) =>
        settlementHour(funding.time[i]!) <= at ? was : 0.006 * (random.next() - 0.5),
      );
      found.funding = { ...funding, rate };
    }
    if (mark) found.mark = { ...mark, bars: change(mark.bars) };
    if (openInterest) {
      const { series } = openInterest;
      const level = 0.1 + 5 * random.next();
      const [contracts, value] = [series.contracts, series.value].map((column) =>
        column.map((was, i) => (series.time[i]! <= at ? was : was * level * (0.2 + 1.6 * random.next()))),
      ) as [Float64Array, Float64Array];
      found.openInterest = { ...openInterest, series: { ...series, contracts, value } };
    }
    return found;
  };
  return {
    targets: bars.targets.map(change),
    context: bars.context.map(change),
    ...(bars.beside ? { beside: bars.beside.map(besideChanged) } : {}),
    ...(bars.peers ? { peers: bars.peers.map(change) } : {}),
  };
}
