import { upperBound } from "../../../core/columns.ts";
import { type Random, seededRandom } from "../../../core/random.ts";
import { DAY_MS } from "../../../core/time.ts";
import { BAR_COLUMNS, type BarSeries, sliceBars } from "../../../market/bars.ts";
import type { ScannerBars } from "../scannerBars.ts";

/** Every series with `change` applied: candidates' bars, indices, and all stored timeframes of each. */
function mapBars(bars: ScannerBars, change: (series: BarSeries) => BarSeries): ScannerBars {
  // a symbol's daily bars stand among its sources too: the same series stays the same one
  const known = new Map<BarSeries, BarSeries>();
  const once = (series: BarSeries): BarSeries => {
    const found = known.get(series) ?? change(series);
    known.set(series, found);
    return found;
  };
  const [first, second] = bars.indices;
  return {
    bars: bars.bars.map(once),
    indices: [once(first), once(second)],
    sources: bars.sources.map(({ symbol, sources }) => ({
      symbol,
      sources: sources.map((source) => ({ ...source, bars: once(source.bars) })),
    })),
    sha256: "",
  };
}

/** What had closed by `at` (ms UTC), of every symbol at every timeframe and of the indices. */
export function scannerBarsUntil(bars: ScannerBars, at: number): ScannerBars {
  return mapBars(bars, (series) => sliceBars(series, 0, upperBound(series.closeTime, at)));
}

/**
 * The same bars up to `at` and another future after it, of every symbol at every timeframe and of the indices. Each day of a
 * symbol gets a factor of its own (between 0.4 and 2.5) that all its timeframes share: they still tell one price, as timeframes
 * that belong together do. High and low move further out, volumes are scaled and jittered bar by bar.
 */
export function scannerBarsChangedAfter(bars: ScannerBars, at: number, seed: number): ScannerBars {
  const futures = new Map<string, Future>();
  const random = seededRandom(seed);
  const symbols = [...bars.bars, ...bars.indices].map((series) => series.instrument).sort();
  for (const symbol of symbols) futures.set(symbol, futureOf(seededRandom(random.below(2 ** 32)), at));
  return mapBars(bars, (series) => changed(series, at, futures.get(series.instrument)!));
}

interface Future {
  readonly trade: number;
  /** of the day in which a bar closes */
  factor(time: number): number;
  readonly random: Random;
}

function futureOf(random: Random, at: number): Future {
  const level = random.next() < 0.5 ? 0.4 + 0.4 * random.next() : 1.25 + 1.25 * random.next();
  const first = dayOf(at);
  const jitter: number[] = [];
  return {
    trade: 0.1 + 5 * random.next(),
    random: seededRandom(random.below(2 ** 32)),
    factor(time) {
      const day = dayOf(time) - first;
      // days are drawn in their order, whichever timeframe asks first
      while (jitter.length <= day) jitter.push(0.9 + 0.2 * random.next());
      return level * jitter[Math.max(0, day)]!;
    },
  };
}

/** A bar that closes at midnight belongs to the day before. */
const dayOf = (time: number): number => Math.floor((time - 1) / DAY_MS);

function changed(series: BarSeries, at: number, { factor, trade, random }: Future): BarSeries {
  const copy = {
    ...series,
    ...Object.fromEntries(BAR_COLUMNS.map((name) => [name, series[name].slice()])),
  };
  for (let t = upperBound(series.closeTime, at); t < series.length; t++) {
    const scale = factor(series.closeTime[t]!);
    copy.open[t] = copy.open[t]! * scale;
    copy.close[t] = copy.close[t]! * scale;
    copy.high[t] = copy.high[t]! * scale * (1 + 0.03 * random.next());
    copy.low[t] = copy.low[t]! * scale * (1 - 0.03 * random.next());
    copy.volume[t] = copy.volume[t]! * trade * (0.2 + 1.6 * random.next());
  }
  return copy;
}
