import { adjusterOf, startOf } from "../adjust.ts";
import { type Call, json, Refused, type Route } from "../dialect.ts";
import { fromNewYork, newYorkWall, usSession } from "../session.ts";
import { type Bar, type Columns, lastAt, lowerBound, type Tape } from "../tape.ts";
import { DAY_MS, timeframeLength } from "../timeframe.ts";
import { yahooError } from "./yahooError.ts";

const intervals: Record<string, string> = {
  "1m": "1m",
  "2m": "2m",
  "5m": "5m",
  "15m": "15m",
  "30m": "30m",
  "60m": "1h",
  "90m": "90m",
  "1h": "1h",
  "1d": "1d",
  "1wk": "1w",
  "1mo": "1M",
};
const RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"];

/** `/v8/finance/chart/SYMBOL`: prices adjusted for splits, `adjclose` for dividends too, and the events themselves. */
export function chartRoutes(): Route[] {
  return [{ method: "GET", path: /^\/v8\/finance\/chart\/([^/]+)$/, handle: (call) => json(chart(call)) }];
}

const fail = (call: Call, status: number, code: string, description: string): never => {
  throw new Refused(yahooError(call.path, status, code, description));
};

function chart(call: Call): object {
  const [symbol = ""] = call.caught;
  const interval = call.query.get("interval") ?? "1d";
  const timeframe = intervals[interval];
  if (timeframe === undefined) {
    return fail(
      call,
      422,
      "Unprocessable Entity",
      `Invalid input - interval=${interval} is not supported. Valid intervals: [${Object.keys(intervals).join(", ")}]`,
    );
  }
  const tape = call.world.tape("yahoo", "stock", symbol);
  if (!tape) return fail(call, 404, "Not Found", "No data found, symbol may be delisted");
  const { from, to } = rangeOf(call, tape);
  checkReach(call, interval, from, to);
  const columns = tape.columns(timeframe);
  const rows = columns ? barsOf(call, tape, columns, from, to) : [];
  const adjusted = adjusterOf(call.world, tape, "all", call.now);
  const split = adjusterOf(call.world, tape, "split", call.now);
  const quotes = rows.map((bar) => split(bar));
  const isDaily = timeframeLength(timeframe) >= DAY_MS;
  const events = isDaily ? eventsOf(call, symbol, from, to) : {};
  const column = (name: "open" | "high" | "low" | "close" | "volume"): number[] => quotes.map((q) => q[name]);
  const quote =
    rows.length === 0
      ? {}
      : {
          open: column("open"),
          high: column("high"),
          low: column("low"),
          close: column("close"),
          volume: column("volume"),
        };
  const result = {
    meta: meta(call, tape, interval, from),
    ...(rows.length > 0 ? { timestamp: rows.map((bar) => stampOf(call, tape, bar, timeframe)) } : {}),
    ...(Object.keys(events).length > 0 ? { events } : {}),
    indicators: {
      quote: [quote],
      ...(isDaily
        ? { adjclose: [rows.length === 0 ? {} : { adjclose: rows.map((b) => adjusted(b).close) }] }
        : {}),
    },
  };
  return { chart: { result: [result], error: null } };
}

function rangeOf(call: Call, tape: Tape): { from: number; to: number } {
  const seconds = (name: string): number | null => {
    const text = call.query.get(name);
    if (text === null) return null;
    if (!/^-?\d{1,12}$/.test(text)) {
      fail(call, 400, "Bad Request", `Invalid input - ${name}=${text} is not a valid epoch time`);
    }
    return Number(text) * 1000;
  };
  const from = seconds("period1");
  const to = seconds("period2") ?? call.now;
  if (from !== null) {
    if (from > to) fail(call, 400, "Bad Request", "Data doesn't exist for startDate after endDate");
    return { from, to };
  }
  const range = call.query.get("range") ?? "1d";
  if (!RANGES.includes(range)) fail(call, 422, "Unprocessable Entity", `Invalid range - ${range}`);
  if (range === "max") return { from: tape.finest.from[0]!, to };
  const date = new Date(to);
  if (range === "ytd") return { from: Date.UTC(date.getUTCFullYear(), 0, 1), to };
  const count = Number.parseInt(range, 10);
  if (range.endsWith("mo")) date.setUTCMonth(date.getUTCMonth() - count);
  else if (range.endsWith("y")) date.setUTCFullYear(date.getUTCFullYear() - count);
  else return { from: sessionsBack(to, count), to };
  return { from: date.getTime(), to };
}

function sessionsBack(at: number, count: number): number {
  let day = Math.floor(newYorkWall(at) / DAY_MS) * DAY_MS;
  for (let seen = 0; ; day -= DAY_MS) {
    const session = usSession(day);
    if (session && session.open <= at && ++seen === count) return session.open;
  }
}

/** How far back fine bars reach, as Yahoo says it. */
function checkReach(call: Call, interval: string, from: number, to: number): void {
  const days: Record<string, number> = { "1m": 30, "60m": 730, "1h": 730, "1d": 1e9, "1wk": 1e9, "1mo": 1e9 };
  const reach = days[interval] ?? 60;
  const asked = `${interval} data not available for startTime=${from / 1000} and endTime=${to / 1000}.`;
  if (interval === "1m" && to - from > 8 * DAY_MS) {
    fail(
      call,
      422,
      "Unprocessable Entity",
      `${asked} Only 8 days worth of 1m granularity data are allowed to be fetched per request.`,
    );
  }
  if (call.now - from > (reach + 1) * DAY_MS) {
    fail(
      call,
      422,
      "Unprocessable Entity",
      `${asked} The requested range must be within the last ${reach} days.`,
    );
  }
}

function barsOf(call: Call, tape: Tape, columns: Columns, from: number, to: number): Bar[] {
  const isDaily = timeframeLength(columns.timeframe) >= DAY_MS;
  const isExtended = isDaily || call.query.get("includePrePost") === "true";
  const isUnclosed = call.faults.some((f) => f.kind === "unclosed");
  const last = Math.min(lastAt(columns.from, call.now), lastAt(columns.from, to - 1));
  const rows: Bar[] = [];
  for (let i = lowerBound(columns.from, from); i <= last; i++) {
    if (!isExtended && !isRegular(columns.label[i]!)) continue;
    const isHalf = isUnclosed && columns.to[i]! <= call.now && !(columns.to[i + 1]! <= call.now);
    rows.push(
      isHalf
        ? tape.forming(columns, i, (columns.from[i]! + columns.to[i]!) / 2)
        : tape.bar(columns, i, call.now)!,
    );
  }
  return rows;
}

function isRegular(at: number): boolean {
  const session = usSession(Math.floor(newYorkWall(at) / DAY_MS) * DAY_MS);
  return session !== null && at >= session.open && at < session.close;
}

/** Days are stamped with their session's open, weeks and months with 00:00; a bar that forms with its last trade. */
function stampOf(call: Call, tape: Tape, bar: Bar, timeframe: string): number {
  if (bar.isForming && timeframeLength(timeframe) >= DAY_MS) {
    return Math.floor((tape.last(call.now)?.point.time ?? call.now) / 1000);
  }
  const isLong = timeframeLength(timeframe) > DAY_MS;
  return (isLong ? fromNewYork(bar.label) : bar.from) / 1000;
}

function eventsOf(call: Call, symbol: string, from: number, to: number): Record<string, object> {
  const asked = new Set((call.query.get("events") ?? "").split(/[|,]/));
  const { dividends = [], splits = [] } = call.world.actions(symbol) ?? {};
  const at = (time: number): number => startOf(time) + 9.5 * 3_600_000;
  const isIn = ({ time }: { time: number }): boolean => {
    const open = at(time);
    return open >= from && open < to && open <= call.now;
  };
  const found: Record<string, object> = {};
  const paid = dividends.filter(isIn).map(({ time, amount }) => ({ amount, date: at(time) / 1000 }));
  const changed = splits.filter(isIn).map(({ time, numerator, denominator }) => ({
    date: at(time) / 1000,
    numerator,
    denominator,
    splitRatio: `${numerator}:${denominator}`,
  }));
  const byDate = <T extends { date: number }>(events: T[]): Record<string, T> =>
    Object.fromEntries(events.map((event) => [String(event.date), event]));
  if ((asked.has("div") || asked.has("dividends")) && paid.length > 0) found.dividends = byDate(paid);
  if ((asked.has("split") || asked.has("splits")) && changed.length > 0) found.splits = byDate(changed);
  return found;
}

function meta(call: Call, tape: Tape, interval: string, from: number): object {
  const last = tape.last(call.now);
  const daily = tape.columns("1d") ?? tape.finest;
  const before = lastAt(daily.to, from);
  const today = Math.floor(newYorkWall(last?.point.time ?? call.now) / DAY_MS) * DAY_MS;
  const session = usSession(today) ?? {
    open: fromNewYork(today + 9.5 * 3_600_000),
    close: fromNewYork(today + 16 * 3_600_000),
  };
  const gmtoffset = (newYorkWall(call.now) - call.now) / 1000;
  const timezone = gmtoffset === -14_400 ? "EDT" : "EST";
  const period = (start: number, end: number): object => ({
    timezone,
    start: start / 1000,
    end: end / 1000,
    gmtoffset,
  });
  const name = call.world.listing("stock", tape.symbol)?.name ?? tape.symbol;
  return {
    currency: "USD",
    symbol: tape.symbol,
    exchangeName: "NMS",
    fullExchangeName: "NasdaqGS",
    instrumentType: tape.symbol.startsWith("^") ? "INDEX" : "EQUITY",
    firstTradeDate: Math.floor(tape.finest.from[0]! / 1000),
    regularMarketTime: Math.floor((last?.point.time ?? call.now) / 1000),
    hasPrePostMarketData: true,
    gmtoffset,
    timezone,
    exchangeTimezoneName: "America/New_York",
    regularMarketPrice: last?.point.price ?? daily.open[0],
    longName: name,
    shortName: name,
    chartPreviousClose: before >= 0 ? daily.close[before] : daily.open[0],
    priceHint: 2,
    currentTradingPeriod: {
      pre: period(session.open - 5.5 * 3_600_000, session.open),
      regular: period(session.open, session.close),
      post: period(session.close, session.close + 4 * 3_600_000),
    },
    dataGranularity: interval,
    range: call.query.get("range") ?? "",
    validRanges: RANGES,
  };
}
