import { DAY_MS, HOUR_MS, timeframeMs } from "../../core/time.ts";
import type { BarSeries } from "../../market/bars.ts";
import { calendarOf } from "../../market/calendars/calendarOf.ts";
import {
  type BarsKnown,
  barsWhere,
  type Cohort,
  type OtherSeries,
  resample,
  type TradingDays,
  tradingCalendarOf,
} from "../../market/index.ts";
import { readBars, type StoredSeries, type Workspace } from "../../store/index.ts";

/** The calendars of the New York exchanges begin here. */
const FIRST_KNOWN_DAY = Date.UTC(1998, 0, 1);

/**
 * How far prices of two series may lie apart, as a fraction. Bars of one continuous market added up are exact but for
 * rounding. Exchanges' bars of two lengths differ by auctions, late reports and rounding to four decimals. Spot and
 * futures differ by the basis.
 */
const JOINED = { price: 1e-6, volume: 0.01 };
const JOINED_AT_EXCHANGE = { price: 0.002, volume: null };
const OTHER_MARKET = { price: 0.01, volume: null };
const NAMED = { price: 0.002, volume: null };

/** What the store as a whole tells of one stored series of bars or mark prices. */
export async function knownOf(
  workspace: Workspace,
  stored: StoredSeries,
  all: readonly StoredSeries[],
  against: StoredSeries | null = null,
): Promise<BarsKnown> {
  const calendar = tradingCalendarOf(stored.market);
  const kind = stored.kind === "mark" ? ("mark" as const) : ("bars" as const);
  const last = kind === "mark" ? await lastPrices(workspace, stored, all) : undefined;
  return {
    calendar,
    sessions: calendar === "exchange" ? newYorkDays(stored) : null,
    market: stored.market,
    kind,
    beginners: cohortOf(stored, all, (parts) => parts[0]!),
    enders: cohortOf(stored, all, (parts) => parts[parts.length - 1]!),
    others: await othersOf(workspace, stored, all, against),
    ...(last === undefined ? {} : { last }),
  };
}

function newYorkDays(stored: StoredSeries): TradingDays | null {
  const from = Math.max(stored.from ?? 0, FIRST_KNOWN_DAY);
  const to = stored.to ?? 0;
  if (to <= from) return null;
  const sessions = calendarOf("nyse").sessions(from, to + DAY_MS);
  return {
    name: "the sessions of the New York Stock Exchange",
    from,
    to,
    sessions: sessions.map(({ day, open, close }) => ({ day: Date.parse(day), open, close })),
  };
}

/** Series of the same kind, market and timeframe whose rows came from the same source; medians of their ends. */
function cohortOf(
  stored: StoredSeries,
  all: readonly StoredSeries[],
  pick: (sources: readonly string[]) => string,
): Cohort | null {
  const sourceOf = (s: StoredSeries): string => pick(s.source.split("; "));
  const source = sourceOf(stored);
  const like = all.filter(
    (s) =>
      s.kind === stored.kind &&
      s.market === stored.market &&
      s.timeframe === stored.timeframe &&
      s.rows > 0 &&
      sourceOf(s) === source,
  );
  if (like.length === 0) return null;
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >>> 1]!;
  return {
    source,
    series: like.length,
    from: middle(like.map((s) => s.from ?? 0)),
    to: middle(like.map((s) => s.to ?? 0)),
  };
}

/** Whether bars share times with another series whose bars are of the same length or a whole part of it. */
export function canCompare(stored: StoredSeries, other: StoredSeries): boolean {
  if (stored.kind !== "bars" || other.kind !== "bars" || other.path === stored.path) return false;
  const overlaps = (other.from ?? 0) < (stored.to ?? 0) && (other.to ?? 0) > (stored.from ?? 0);
  return overlaps && timeframeMs(stored.timeframe!) % timeframeMs(other.timeframe!) === 0;
}

async function othersOf(
  workspace: Workspace,
  stored: StoredSeries,
  all: readonly StoredSeries[],
  against: StoredSeries | null,
): Promise<OtherSeries[]> {
  const own = all.filter((s) => s.kind === "bars" && s.symbol === stored.symbol && canCompare(stored, s));
  const others: OtherSeries[] = [];
  for (const other of own) {
    if (other.path === against?.path) continue;
    const isSameMarket = other.market === stored.market;
    // another market is compared at the same length only: its shorter bars say the same once more
    if (!isSameMarket && other.timeframe !== stored.timeframe) continue;
    const joined = stored.market === "stock" ? JOINED_AT_EXCHANGE : JOINED;
    others.push(await otherSeries(workspace, stored, other, isSameMarket ? joined : OTHER_MARKET));
  }
  if (against && canCompare(stored, against)) {
    const isOtherMarket = against.market !== stored.market;
    others.push(await otherSeries(workspace, stored, against, isOtherMarket ? OTHER_MARKET : NAMED));
  }
  return others;
}

/** The other series over the common time, joined to the same length where it is shorter. */
async function otherSeries(
  workspace: Workspace,
  stored: StoredSeries,
  other: StoredSeries,
  tolerance: OtherSeries["tolerance"],
): Promise<OtherSeries> {
  const barMs = timeframeMs(stored.timeframe!);
  const otherMs = timeframeMs(other.timeframe!);
  const bars = await readBars(
    workspace,
    { symbol: other.symbol, timeframe: other.timeframe!, market: other.market },
    { from: (stored.from ?? 0) - barMs, to: (stored.to ?? 0) + barMs },
  );
  const name = `${other.symbol === stored.symbol ? "" : `${other.symbol} `}${other.market} ${other.timeframe}`;
  if (otherMs === barMs) return { name, bars, tolerance };
  const days = other.market === "stock" ? newYorkDays(other) : null;
  const regular = days ? duringSessions(bars, otherMs, days) : bars;
  return { name: `${name} joined`, bars: joinWhole(regular, otherMs, barMs, days === null), tolerance };
}

/**
 * Bars joined to longer ones. At a market without pauses those that miss one inside are left out: a missing bar is a
 * gap, not a disagreement.
 */
function joinWhole(bars: BarSeries, fromMs: number, toMs: number, isContinuous: boolean): BarSeries {
  const joined = resample(bars, fromMs, toMs);
  if (!isContinuous || joined.incomplete === 0) return joined.bars;
  const counts = new Map<number, number>();
  for (const time of bars.closeTime) {
    const close = Math.ceil(time / toMs) * toMs;
    counts.set(close, (counts.get(close) ?? 0) + 1);
  }
  return barsWhere(joined.bars, (i) => counts.get(joined.bars.closeTime[i]!) === toMs / fromMs);
}

/** Bars that overlap a session: daily bars of a vendor do not hold extended hours. */
function duringSessions(bars: BarSeries, barMs: number, days: TradingDays): BarSeries {
  let at = 0;
  return barsWhere(bars, (i) => {
    const close = bars.closeTime[i]!;
    while (at < days.sessions.length && days.sessions[at]!.close <= close - barMs) at++;
    return at < days.sessions.length && days.sessions[at]!.open < close;
  });
}

/** Traded prices to hold mark prices against: the shortest bars stored beside them. */
async function lastPrices(
  workspace: Workspace,
  mark: StoredSeries,
  all: readonly StoredSeries[],
): Promise<BarSeries | undefined> {
  const markMs = timeframeMs(mark.timeframe!);
  const beside = all.filter(
    (s) =>
      s.kind === "bars" &&
      s.symbol === mark.symbol &&
      s.market === mark.market &&
      markMs % timeframeMs(s.timeframe!) === 0,
  );
  // the longest overlap; of equal ones the shortest bars
  const overlap = (s: StoredSeries): number =>
    Math.min(s.to ?? 0, mark.to ?? 0) - Math.max(s.from ?? 0, mark.from ?? 0);
  const best = beside.sort(
    (a, b) => overlap(b) - overlap(a) || timeframeMs(a.timeframe!) - timeframeMs(b.timeframe!),
  )[0];
  if (!best || overlap(best) < HOUR_MS) return undefined;
  return readBars(workspace, { symbol: best.symbol, timeframe: best.timeframe!, market: best.market });
}
