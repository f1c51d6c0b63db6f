import { barPath, POINTS, type Point } from "./barPath.ts";
import { decimalsOf } from "./decimal.ts";
import type { ServedMarket, ServedSeries } from "./served.ts";
import { fromNewYork, newYorkWall, tradingDay, usSession } from "./session.ts";
import { barEnd, barStart, DAY_MS, timeframeLength } from "./timeframe.ts";

const HOUR_MS = 3_600_000;

/** Bars of one length: `label` is the stamp (of daily and longer stock bars the date, 00:00 UTC), [from, to) its life. */
export interface Columns {
  readonly timeframe: string;
  readonly label: Float64Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Bar {
  readonly label: number;
  readonly from: number;
  readonly to: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
  readonly isForming: boolean;
}

/** Of the series that go on longest (those that end within a day or a bar of the last end) the finest. */
function baseOf(series: readonly ServedSeries[]): ServedSeries {
  const length = (s: ServedSeries): number => timeframeLength(s.timeframe);
  const end = (s: ServedSeries): number => s.openTime.at(-1)! + length(s);
  const last = Math.max(...series.map(end));
  const [base] = series
    .filter((s) => end(s) >= last - Math.max(length(s), DAY_MS))
    .sort((a, b) => length(a) - length(b));
  if (!base) throw new RangeError("a tape needs a series");
  return base;
}

/**
 * All that one venue knows of one symbol's prices: its bars of every length, and the trades made up inside them. Of several
 * recorded lengths each is served as it is; the trades, and the lengths that were not recorded, come from the series that
 * goes on longest, of those that end together from the finest: called `finest` here.
 */
export class Tape {
  readonly market: ServedMarket;
  readonly symbol: string;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly finest: Columns;
  readonly #seed: number;
  readonly #columns = new Map<string, Columns>();
  #tradedBefore: Float64Array | undefined;
  #path: { index: number; points: Point[] } | undefined;

  constructor(series: readonly ServedSeries[], seed: number) {
    const finest = baseOf(series);
    this.market = finest.market;
    this.symbol = finest.symbol;
    this.#seed = seed;
    for (const one of series) this.#columns.set(one.timeframe, given(one));
    this.finest = this.#columns.get(finest.timeframe)!;
    this.priceDecimals = Math.max(
      finest.market === "stock" ? 2 : 0,
      ...[finest.open, finest.high, finest.low, finest.close].map((c) => decimalsOf(c, 8)),
    );
    this.quantityDecimals = decimalsOf(finest.volume, 8);
  }

  /** Bars of this length, as served or resampled from the finest; null where neither is possible. */
  columns(timeframe: string): Columns | null {
    let columns = this.#columns.get(timeframe);
    if (!columns) {
      const length = timeframeLength(timeframe);
      const finest = timeframeLength(this.finest.timeframe);
      if (length < finest || (length < DAY_MS && length % finest !== 0)) return null;
      columns = resampled(this.finest, timeframe, this.market);
      this.#columns.set(timeframe, columns);
    }
    return columns;
  }

  /** The bar at `index` as it is known at `now`; null when it has not begun. */
  bar(columns: Columns, index: number, now: number): Bar | null {
    const from = columns.from[index];
    if (from === undefined || from > now) return null;
    const isForming = columns.to[index]! > now;
    return isForming ? this.forming(columns, index, now) : this.#closed(columns, index);
  }

  /** The bar at `index` folded from what is traded in it up to `now`. */
  forming(columns: Columns, index: number, now: number): Bar {
    const whole = this.#closed(columns, index);
    if (this.#isCoarser(columns)) {
      const inner = this.#fold(whole, now);
      if (inner) return inner;
    }
    const points = this.path(columns, index).filter((p) => p.time <= now);
    const prices = points.map((p) => p.price);
    return {
      ...whole,
      open: whole.open,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices.at(-1)!,
      volume: sum(points.map((p) => p.quantity)),
      trades: points.filter((p) => p.quantity > 0).length,
      isForming: true,
    };
  }

  /** A coarse bar from the finest ones in it; null where there are none. */
  #fold(whole: Bar, now: number): Bar | null {
    const { finest } = this;
    const first = lowerBound(finest.from, whole.from);
    const last = Math.min(lastAt(finest.from, now), lastAt(finest.from, whole.to - 1));
    if (last < first) return null;
    const bars = [];
    for (let i = first; i <= last; i++) bars.push(this.bar(finest, i, now)!);
    return {
      ...whole,
      open: bars[0]!.open,
      high: Math.max(...bars.map((b) => b.high)),
      low: Math.min(...bars.map((b) => b.low)),
      close: bars.at(-1)!.close,
      volume: sum(bars.map((b) => b.volume)),
      trades: sum(bars.map((b) => b.trades)),
      isForming: true,
    };
  }

  #closed(columns: Columns, i: number): Bar {
    const volume = columns.volume[i]!;
    return {
      label: columns.label[i]!,
      from: columns.from[i]!,
      to: columns.to[i]!,
      open: columns.open[i]!,
      high: columns.high[i]!,
      low: columns.low[i]!,
      close: columns.close[i]!,
      volume,
      trades: volume > 0 ? this.#tradesIn(columns, i) : 0,
      isForming: false,
    };
  }

  #isCoarser(columns: Columns): boolean {
    return timeframeLength(columns.timeframe) > timeframeLength(this.finest.timeframe);
  }

  #tradesIn(columns: Columns, i: number): number {
    if (!this.#isCoarser(columns)) return POINTS;
    const first = lowerBound(this.finest.from, columns.from[i]!);
    const after = lowerBound(this.finest.from, columns.to[i]!);
    return after > first ? this.firstTradeId(after) - this.firstTradeId(first) : POINTS;
  }

  /** The invented trades of a bar, oldest first. */
  path(columns: Columns, index: number): Point[] {
    const isFinest = columns === this.finest;
    if (isFinest && this.#path?.index === index) return this.#path.points;
    const name = `${this.market}|${this.symbol}|${columns.timeframe}`;
    const points = barPath(
      this.#closed(columns, index),
      this.#seed,
      name,
      this.priceDecimals,
      this.quantityDecimals,
    );
    if (isFinest) this.#path = { index, points };
    return points;
  }

  /** Number of the bar's first trade: trades are numbered without holes over the whole tape. */
  firstTradeId(index: number): number {
    if (!this.#tradedBefore) {
      const { volume } = this.finest;
      this.#tradedBefore = new Float64Array(volume.length + 1);
      for (let i = 0; i < volume.length; i++) {
        this.#tradedBefore[i + 1] = this.#tradedBefore[i]! + (volume[i]! > 0 ? POINTS : 0);
      }
    }
    return this.#tradedBefore[index]!;
  }

  /** Index of the finest bar that holds trade `id`, and the trade's place in it. */
  findTrade(id: number): { readonly index: number; readonly place: number } {
    this.firstTradeId(0);
    const index = lastAt(this.#tradedBefore!, id);
    return { index, place: id - this.#tradedBefore![index]! };
  }

  /** The last point at or before `now`, with its running number over the tape; null before the first bar. */
  last(now: number): { readonly point: Point; readonly number: number; readonly index: number } | null {
    const index = lastAt(this.finest.from, now);
    if (index < 0) return null;
    const points = this.path(this.finest, index);
    let place = points.length - 1;
    while (place > 0 && points[place]!.time > now) place--;
    return { point: points[place]!, number: index * POINTS + place, index };
  }
}

/** Index of the first value that is at least `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the last value that is at most `value`; -1 when all are later. */
export const lastAt = (sorted: Float64Array, value: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Sums without the drift of many small additions (Neumaier). */
function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

function given(series: ServedSeries): Columns {
  const { timeframe, market, openTime, open, high, low, close, volume } = series;
  const isDaily = market === "stock" && timeframeLength(timeframe) >= DAY_MS;
  const label = isDaily ? openTime.map(tradingDay) : openTime;
  const lives = isDaily ? label.map((day) => life(timeframe, day).from) : openTime;
  const ends = isDaily
    ? label.map((day) => life(timeframe, day).to)
    : openTime.map((at) => barEnd(timeframe, at));
  return { timeframe, label, from: lives, to: ends, open, high, low, close, volume };
}

const lives = new Map<string, { from: number; to: number }>();

/** From the first session's open to the last one's close of a stock's day, week or month. */
function life(timeframe: string, day: number): { from: number; to: number } {
  const key = `${timeframe}|${day}`;
  let found = lives.get(key);
  if (!found) {
    let last = barEnd(timeframe, day) - DAY_MS;
    while (last > day && !usSession(last)) last -= DAY_MS;
    let first = day;
    while (first < last && !usSession(first)) first += DAY_MS;
    found = {
      from: usSession(first)?.open ?? fromNewYork(first + 9.5 * HOUR_MS),
      to: usSession(last)?.close ?? fromNewYork(last + 16 * HOUR_MS),
    };
    lives.set(key, found);
  }
  return found;
}

/** Coarser bars: UTC multiples; of stocks from a day on, New York's dates, regular sessions only. */
function resampled(fine: Columns, timeframe: string, market: ServedMarket): Columns {
  const isDaily = market === "stock" && timeframeLength(timeframe) >= DAY_MS;
  const isFineDaily = isDaily && timeframeLength(fine.timeframe) >= DAY_MS;
  const labels: number[] = [];
  const rows: { open: number; high: number; low: number; close: number; volume: number }[] = [];
  for (let i = 0; i < fine.label.length; i++) {
    const at = fine.label[i]!;
    const day = isFineDaily ? at : isDaily ? Math.floor(newYorkWall(at) / DAY_MS) * DAY_MS : at;
    if (isDaily && !isFineDaily) {
      const session = usSession(day);
      if (!session || at < session.open || at >= session.close) continue;
    }
    const label = barStart(timeframe, day);
    if (label === labels.at(-1)) {
      const row = rows.at(-1)!;
      row.high = Math.max(row.high, fine.high[i]!);
      row.low = Math.min(row.low, fine.low[i]!);
      row.close = fine.close[i]!;
      row.volume += fine.volume[i]!;
    } else {
      labels.push(label);
      rows.push({
        open: fine.open[i]!,
        high: fine.high[i]!,
        low: fine.low[i]!,
        close: fine.close[i]!,
        volume: fine.volume[i]!,
      });
    }
  }
  const column = (name: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    Float64Array.from(rows, (r) => r[name]);
  return {
    timeframe,
    label: Float64Array.from(labels),
    from: Float64Array.from(labels, (l) => (isDaily ? life(timeframe, l).from : l)),
    to: Float64Array.from(labels, (l) => (isDaily ? life(timeframe, l).to : barEnd(timeframe, l))),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}
