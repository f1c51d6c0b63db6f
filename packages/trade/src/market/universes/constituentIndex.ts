import { DataError, UsageError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { type Member, memberPeriod, type Universe } from "./universe.ts";

/**
 * How members are weighed when the index is rebalanced, from what is known at that close alone:
 * `equal`; `dollarVolume`, the mean of close x volume over its last `averageBars` bars; `capitalisation`, close x shares
 * outstanding.
 */
export type IndexWeighting =
  | { readonly kind: "equal" }
  | { readonly kind: "dollarVolume"; readonly averageBars: number }
  | {
      readonly kind: "capitalisation";
      /** shares outstanding as known at a moment (ms UTC); in the same split adjustment as the prices */
      shares(symbol: string, time: number): number;
    };

export interface IndexOptions {
  /** what the index is called in a panel */
  readonly name: string;
  readonly weighting: IndexWeighting;
  /** Bars between rebalancings; a change of membership rebalances as well. 1 is every bar. */
  readonly rebalanceBars: number;
  /** A member without a bar for more than this many rows is sold at its last price. */
  readonly maxStaleRows: number;
  /** level of the first close; default 100 */
  readonly base?: number;
}

/** An index as bars (open, high, low and close are its level, volume NaN) and how it was made. */
export interface ConstituentIndex {
  readonly bars: BarSeries;
  /** members held from each close on */
  readonly held: Int32Array;
  /** one-way turnover at each close: half the sum of |new weight - drifted weight|; the first purchase is 0 */
  readonly turnover: Float64Array;
  /** members that were sold because their bars stopped while they were in the universe */
  readonly stopped: readonly { readonly symbol: string; readonly time: number }[];
}

interface Holding {
  readonly bars: BarSeries;
  readonly periods: readonly { readonly from: number; readonly to: number }[];
  /** the last bar that closed by now; -1 before the first */
  row: number;
  rowsWithoutBar: number;
  price: number;
  units: number;
}

/**
 * An index of a universe's members, chained: level[t] = level[t-1] x (1 + sum of w x r), w the weights after the last
 * close and r each member's return over the bar. Weights are set at a close, from closes and volumes up to it, and earn
 * only what comes after: a member that enters at t counts from t+1, one that leaves at t has earned up to t. Between
 * rebalancings weights drift with prices. A member without a bar keeps its last price.
 *
 * The clock is the union of the members' closes while they are in the universe. The index begins at the first of them.
 * Where it holds nothing (all have left), its level stands.
 *
 * Prices must be adjusted for splits, or a split looks like a loss; with dividends adjusted too it is a total return
 * index. @throws DataError for bars that are not ascending or hold no price, UsageError for impossible options
 */
export function constituentIndex(
  universe: Universe,
  series: readonly BarSeries[],
  options: IndexOptions,
): ConstituentIndex {
  checkOptions(options);
  const { name, weighting, rebalanceBars, maxStaleRows, base = 100 } = options;
  const holdings = holdingsOf(universe.members, series, name);
  const clock = clockOf(holdings);
  const level = new Float64Array(clock.length);
  const held = new Int32Array(clock.length);
  const turnover = new Float64Array(clock.length);
  const stopped: { symbol: string; time: number }[] = [];
  let cash = base;
  let sinceRebalance = 0;
  clock.forEach((time, t) => {
    for (const h of holdings) advance(h, time, name);
    const value = holdings.reduce((sum, h) => sum + h.units * h.price, cash);
    level[t] = value;
    sinceRebalance++;
    const eligible = new Set(
      holdings.filter((h) => h.row >= 0 && isMember(h, time) && h.rowsWithoutBar <= maxStaleRows),
    );
    for (const h of holdings) {
      if (h.units > 0 && !eligible.has(h) && isMember(h, time))
        stopped.push({ symbol: h.bars.instrument, time });
    }
    const isSame = holdings.every((h) => h.units > 0 === eligible.has(h));
    if (!isSame || sinceRebalance >= rebalanceBars) {
      const weights = weightsOf([...eligible], weighting, time, name);
      let traded = 0;
      for (const h of holdings) {
        const weight = weights.get(h) ?? 0;
        traded += Math.abs(weight - (h.units * h.price) / value);
        h.units = weight === 0 ? 0 : (weight * value) / h.price;
      }
      turnover[t] = cash > 0 ? 0 : traded / 2;
      cash = weights.size > 0 ? 0 : value;
      sinceRebalance = 0;
    }
    held[t] = holdings.filter((h) => h.units > 0).length;
  });
  const volume = new Float64Array(clock.length).fill(Number.NaN);
  const prices = { open: level, high: level, low: level, close: level };
  return {
    bars: { instrument: name, length: clock.length, closeTime: clock, ...prices, volume },
    held,
    turnover,
    stopped,
  };
}

function checkOptions({ name, weighting, rebalanceBars, maxStaleRows, base = 100 }: IndexOptions): void {
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (!whole(rebalanceBars, 1) || !whole(maxStaleRows, 0) || !(base > 0 && Number.isFinite(base))) {
    throw new UsageError(
      `index ${name}: rebalanceBars ${rebalanceBars}, maxStaleRows ${maxStaleRows}, base ${base}: whole numbers from 1 and from 0, and a level above 0, are expected`,
    );
  }
  if (weighting.kind === "dollarVolume" && !whole(weighting.averageBars, 1)) {
    throw new UsageError(`index ${name}: averageBars ${weighting.averageBars} is no whole number from 1`);
  }
}

function holdingsOf(members: readonly Member[], series: readonly BarSeries[], name: string): Holding[] {
  const seen = new Set<string>();
  const found: Holding[] = [];
  for (const bars of series) {
    const { instrument, closeTime, length } = bars;
    if (seen.has(instrument)) throw new UsageError(`index ${name}: ${instrument} is given twice`);
    seen.add(instrument);
    for (let row = 0; row < length; row++) {
      const time = closeTime[row]!;
      if (!Number.isFinite(time) || (row > 0 && time <= closeTime[row - 1]!)) {
        throw new DataError(
          `index ${name}: ${instrument} row ${row}: ${Number.isFinite(time) ? isoTime(time) : time} does not follow the time above it`,
        );
      }
    }
    const periods = members.filter((m) => m.symbol === instrument).map(memberPeriod);
    if (periods.length > 0) found.push({ bars, periods, row: -1, rowsWithoutBar: 0, price: 1, units: 0 });
  }
  return found;
}

/** The closes of all members while they are in the universe, the one at which they leave included. */
function clockOf(holdings: readonly Holding[]): Float64Array {
  const times = new Set<number>();
  for (const { bars, periods } of holdings) {
    for (const time of bars.closeTime.subarray(0, bars.length)) {
      if (periods.some((p) => p.from <= time && time <= p.to)) times.add(time);
    }
  }
  return Float64Array.from(times).sort();
}

function isMember(h: Holding, time: number): boolean {
  return h.periods.some((p) => p.from <= time && time < p.to);
}

/** Moves a member on to the last bar that closed by `time`. */
function advance(h: Holding, time: number, name: string): void {
  const { closeTime, close, length } = h.bars;
  const before = h.row;
  while (h.row + 1 < length && closeTime[h.row + 1]! <= time) h.row++;
  h.rowsWithoutBar = h.row === before ? h.rowsWithoutBar + 1 : 0;
  if (h.row < 0 || h.row === before) return;
  const price = close[h.row]!;
  if (!(price > 0 && Number.isFinite(price))) {
    throw new DataError(
      `index ${name}: ${h.bars.instrument} closed ${isoTime(closeTime[h.row]!)} at ${price}, which is no price: see ./orion data check`,
    );
  }
  h.price = price;
}

/** Weights that sum to 1; empty where nobody is eligible. */
function weightsOf(
  eligible: readonly Holding[],
  weighting: IndexWeighting,
  time: number,
  name: string,
): Map<Holding, number> {
  const sizes = eligible.map((h) => {
    const size = sizeOf(h, weighting, time);
    if (size >= 0 && Number.isFinite(size)) return size;
    throw new DataError(
      `index ${name}: ${h.bars.instrument} has no weight at ${isoTime(time)} (${weighting.kind} ${size}): give its ${weighting.kind === "capitalisation" ? "shares outstanding" : "volume"}`,
    );
  });
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (eligible.length > 0 && !(sum > 0))
    throw new DataError(`index ${name}: no member has a ${weighting.kind} above 0 at ${isoTime(time)}`);
  return new Map(eligible.map((h, i) => [h, sizes[i]! / sum]));
}

function sizeOf(h: Holding, weighting: IndexWeighting, time: number): number {
  if (weighting.kind === "equal") return 1;
  if (weighting.kind === "capitalisation") return h.price * weighting.shares(h.bars.instrument, time);
  const first = Math.max(0, h.row - weighting.averageBars + 1);
  let sum = 0;
  for (let row = first; row <= h.row; row++) sum += h.bars.close[row]! * h.bars.volume[row]!;
  return sum / (h.row - first + 1);
}
