import { DataError, UsageError } from "../core/errors.ts";
import { DAY_MS, HOUR_MS, isoTime, parseTime, timeframeMs } from "../core/time.ts";
import type { PriceFactors } from "../market/actions/priceFactors.ts";
import type { BarSeries } from "../market/bars.ts";
import { checkSymbol } from "../market/instrument.ts";
import {
  findFactors,
  listSeries,
  readBarFile,
  readBars,
  readFunding,
  readOpenInterest,
  type StoredSeries,
  samplePath,
} from "../store/index.ts";
import { workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

const VENUES = ["binance", "alpaca", "schwab", "yahoo"] as const;
export type SimulatedVenue = (typeof VENUES)[number];

/** A stored series as a venue serves it: `openTime` is a bar's start; of a daily stock bar 00:00 UTC of its date. */
export interface VenueSeries {
  readonly market: "spot" | "futures" | "stock";
  readonly symbol: string;
  readonly timeframe: string;
  readonly price: "trade" | "mark";
  readonly venues: readonly SimulatedVenue[];
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** What simulated venues serve of a workspace, and where their clock begins (ms UTC). */
export interface VenueRecord {
  readonly venues: readonly SimulatedVenue[];
  readonly series: readonly VenueSeries[];
  readonly funding: readonly { symbol: string; time: Float64Array; rate: Float64Array }[];
  readonly openInterest: readonly {
    symbol: string;
    time: Float64Array;
    contracts: Float64Array;
    value: Float64Array;
  }[];
  readonly actions: readonly VenueActions[];
  readonly now: number;
  /** end of the last bar: nothing new comes after it */
  readonly end: number;
}

interface VenueActions {
  readonly symbol: string;
  readonly dividends: { time: number; amount: number }[];
  readonly splits: { time: number; numerator: number; denominator: number }[];
}

export interface VenueRequest {
  /** names of sources; binanceusdm is served by binance */
  readonly sources: readonly string[];
  /** false: the sample that comes with Orion instead of the workspace */
  readonly fromStore: boolean;
  readonly symbols?: readonly string[];
  /** where the clock begins; default a day before the last bar ends, so that something is still to come */
  readonly at?: string;
}

/**
 * Reads what simulated venues are to serve.
 * @throws UsageError for a source that has no simulator, DataError when nothing stored fits a source or a symbol
 */
export async function simulateVenue(
  context: PipelineContext,
  request: VenueRequest,
  onRead: (done: number, total: number) => void = () => {},
): Promise<VenueRecord> {
  const venues = venuesOf(request.sources);
  const record = request.fromStore
    ? await fromStore(context, venues, request.symbols?.map(checkSymbol), onRead)
    : {
        series: [await sample(venues, request.symbols?.map(checkSymbol))],
        funding: [],
        openInterest: [],
        actions: [],
      };
  const starts = record.series.map((s) => s.openTime[0]!);
  const ends = record.series.map((s) => s.openTime.at(-1)! + timeframeMs(s.timeframe));
  const [start, end] = [Math.min(...starts), Math.max(...ends)];
  const now =
    request.at === undefined ? Math.max(end - DAY_MS, (start + end) / 2) : parseTime(request.at, "--at");
  if (now <= start) {
    throw new UsageError(
      `--at ${isoTime(now)} lies before the first bar, ${isoTime(start)}: choose a later time`,
    );
  }
  return { venues, ...record, now: Math.floor(now), end };
}

function venuesOf(sources: readonly string[]): SimulatedVenue[] {
  const venues = sources.map((source) => {
    const venue = VENUES.find((v) => v === (source === "binanceusdm" ? "binance" : source));
    if (venue) return venue;
    throw new UsageError(`there is no simulator of '${source}': choose among ${VENUES.join(", ")}`);
  });
  return [...new Set(venues)];
}

const marketsOf = (venue: SimulatedVenue): readonly string[] =>
  venue === "binance" ? ["spot", "futures"] : ["stock"];

type Served = Pick<VenueRecord, "series" | "funding" | "openInterest" | "actions">;

async function fromStore(
  context: PipelineContext,
  venues: readonly SimulatedVenue[],
  symbols: readonly string[] | undefined,
  onRead: (done: number, total: number) => void,
): Promise<Served> {
  const workspace = await workspaceOf(context);
  const stored = await listSeries(workspace);
  const missing = symbols?.find((symbol) => !stored.some((s) => s.symbol === symbol));
  if (missing !== undefined) {
    throw new DataError(`nothing of ${missing} is stored in ${workspace.dir}: see ./orion data list`);
  }
  const isAsked = (s: StoredSeries): boolean => s.rows > 0 && (symbols?.includes(s.symbol) ?? true);
  for (const venue of venues) {
    if (stored.some((s) => s.kind === "bars" && isAsked(s) && marketsOf(venue).includes(s.market))) continue;
    throw new DataError(
      `no bars that ${venue} could serve (${marketsOf(venue).join(", ")}) are stored in ${workspace.dir}: ` +
        "import or download some, or leave --from-store away to serve the sample",
    );
  }
  const wanted = stored.filter((s) => isAsked(s) && venues.some((v) => marketsOf(v).includes(s.market)));
  const record = {
    series: [] as VenueSeries[],
    funding: [] as VenueRecord["funding"][number][],
    openInterest: [] as VenueRecord["openInterest"][number][],
  };
  for (const [i, { symbol, market, timeframe, kind }] of wanted.entries()) {
    context.signal?.throwIfAborted();
    onRead(i, wanted.length);
    if (kind === "funding") {
      const { time, rate } = await readFunding(workspace, { symbol, market });
      record.funding.push({ symbol, time, rate });
    } else if (kind === "openInterest") {
      const { time, contracts, value } = await readOpenInterest(workspace, {
        symbol,
        market,
        timeframe: timeframe!,
      });
      // the venue makes its coarser steps from the finest: the series in steps of least length is the one to serve
      const held = record.openInterest.findIndex((one) => one.symbol === symbol);
      if (held < 0) record.openInterest.push({ symbol, time, contracts, value });
    } else if (timeframe !== null) {
      const bars = await readBars(workspace, {
        symbol,
        market,
        timeframe,
        kind: kind === "mark" ? "mark" : "bars",
      });
      record.series.push(...venueSeries(bars, market, timeframe, kind === "mark" ? "mark" : "trade", venues));
    }
  }
  onRead(wanted.length, wanted.length);
  const actions: VenueActions[] = [];
  for (const series of record.series) {
    if (series.market !== "stock" || series.timeframe !== "1d" || /^[$^]/.test(series.symbol)) continue;
    const factors = await findFactors(workspace, { symbol: series.symbol, market: "stock" });
    if (factors) actions.push(actionsOf(factors, series));
  }
  return { ...record, actions };
}

async function sample(
  venues: readonly SimulatedVenue[],
  symbols: readonly string[] | undefined,
): Promise<VenueSeries> {
  const { bars } = await readBarFile(samplePath(), "bars");
  if (venues.some((v) => v !== "binance") || symbols?.some((s) => s !== bars.instrument)) {
    throw new UsageError(
      `the sample is ${bars.instrument} of binance alone: add --from-store to serve what the workspace holds`,
    );
  }
  return venueSeries(bars, "futures", "5m", "trade", venues)[0]!;
}

/** Indices have names of their own at each venue, and Alpaca has none. */
const INDICES = ["VIX", "GSPC", "DJI", "IXIC", "NDX", "RUT"];

function venueSeries(
  bars: BarSeries,
  market: VenueSeries["market"],
  timeframe: string,
  price: VenueSeries["price"],
  venues: readonly SimulatedVenue[],
): VenueSeries[] {
  const { instrument, open, high, low, close } = bars;
  const fault = Array.from(close.keys()).find(
    (i) => !(Math.min(open[i]!, high[i]!, low[i]!, close[i]!) > 0) || bars.volume[i]! < 0,
  );
  if (fault !== undefined) {
    throw new DataError(
      `${instrument} ${timeframe} at ${isoTime(bars.closeTime[fault]!)}: no venue has such a bar; ` +
        `see ./orion data check --symbol ${instrument}, or name other --symbols`,
    );
  }
  const whole = {
    market,
    timeframe,
    price,
    openTime: bars.closeTime.map((at) => openTime(at, market, timeframeMs(timeframe))),
    open,
    high,
    low,
    close,
    // mark prices have none
    volume: bars.volume.map((v) => (Number.isNaN(v) ? 0 : v)),
  };
  if (market === "stock" && INDICES.includes(instrument)) {
    return [
      { ...whole, symbol: `^${instrument}`, venues: ["yahoo"] },
      { ...whole, symbol: `$${instrument}`, venues: ["schwab"] },
    ];
  }
  return [{ ...whole, symbol: instrument, venues: venues.filter((v) => marketsOf(v).includes(market)) }];
}

/** Start of a bar; of a stock's day its date, whether it is known at midnight or at the session's close. */
function openTime(closeTime: number, market: string, barMs: number): number {
  if (market !== "stock" || barMs < DAY_MS || closeTime % DAY_MS === 0) return closeTime - barMs;
  // US sessions close between 17:00 and 21:00 UTC
  return Math.floor((closeTime - 5 * HOUR_MS) / DAY_MS) * DAY_MS;
}

/** The splits and dividends that factors stand for: a row's factors hold up to its day, the next row's after it. */
function actionsOf(factors: PriceFactors, daily: VenueSeries): VenueActions {
  const actions: VenueActions = { symbol: daily.symbol, dividends: [], splits: [] };
  for (let i = 0; i < factors.length; i++) {
    const isLast = i + 1 === factors.length;
    const price = factors.priceFactor[i]! / (isLast ? 1 : factors.priceFactor[i + 1]!);
    const split = factors.splitFactor[i]! / (isLast ? 1 : factors.splitFactor[i + 1]!);
    const next = daily.openTime.findIndex((day) => day > factors.day[i]!);
    // without a bar on either side nothing is adjusted
    if (next < 1) continue;
    const time = daily.openTime[next]!;
    if (Math.abs(split - 1) > 1e-9) actions.splits.push({ time, ...fraction(1 / split) });
    if (Math.abs(price - 1) > 1e-9) {
      actions.dividends.push({ time, amount: daily.close[next - 1]! * (1 - price) });
    }
  }
  return actions;
}

/** 4 is 4 for 1, 1.5 is 3 for 2. */
function fraction(ratio: number): { numerator: number; denominator: number } {
  for (let denominator = 1; denominator <= 1000; denominator++) {
    const numerator = Math.round(ratio * denominator);
    if (numerator > 0 && Math.abs(numerator / denominator / ratio - 1) < 1e-6)
      return { numerator, denominator };
  }
  return { numerator: ratio, denominator: 1 };
}
