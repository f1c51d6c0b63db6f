import { adjusterOf } from "../adjust.ts";
import { type Call, json, Refused, type Route } from "../dialect.ts";
import { newYorkWall, usSession } from "../session.ts";
import { type Bar, type Columns, lastAt, lowerBound, type Tape } from "../tape.ts";
import { DAY_MS } from "../timeframe.ts";
import { schwabError } from "./schwabError.ts";

const HOUR_MS = 3_600_000;

const periods = {
  day: { frequencies: ["minute"], periods: [1, 2, 3, 4, 5, 10], period: 10, frequency: "minute" },
  month: { frequencies: ["daily", "weekly"], periods: [1, 2, 3, 6], period: 1, frequency: "weekly" },
  year: {
    frequencies: ["daily", "weekly", "monthly"],
    periods: [1, 2, 3, 5, 10, 15, 20],
    period: 1,
    frequency: "monthly",
  },
  ytd: { frequencies: ["daily", "weekly"], periods: [1], period: 1, frequency: "weekly" },
} as const;

/** GET /pricehistory of the specification. Prices are adjusted for splits, not for dividends, as Schwab's are. */
export function priceHistoryRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/marketdata\/v1\/pricehistory$/,
      handle: (call) => json(priceHistory(call)),
    },
  ];
}

const bad = (detail: string): never => {
  throw new Refused(schwabError(400, "Bad Request", detail));
};

function priceHistory(call: Call): object {
  const symbol = call.query.get("symbol") || bad("symbol is required");
  const periodType = call.query.get("periodType") ?? "day";
  if (!(periodType in periods)) return bad(`periodType '${periodType}' is not valid`);
  const rule = periods[periodType as keyof typeof periods];
  const timeframe = timeframeOf(call, rule);
  const period = number(call, "period", rule.period);
  if (!(rule.periods as readonly number[]).includes(period)) {
    return bad(
      `Search combination should be of periodType ${periodType} and period ${rule.periods.join(", ")}`,
    );
  }
  const endDate = Math.min(number(call, "endDate", call.now), call.now);
  const startDate = number(call, "startDate", startOf(periodType, period, endDate));
  if (startDate > endDate && call.query.has("startDate") && call.query.has("endDate")) {
    return bad("startDate must not be after endDate");
  }
  const tape = call.world.tape("schwab", "stock", symbol);
  const columns = tape?.columns(timeframe);
  const candles = tape && columns ? candlesOf(call, tape, columns, startDate, endDate) : [];
  return {
    symbol,
    empty: candles.length === 0,
    ...(call.query.get("needPreviousClose") === "true" && tape ? previousClose(tape, startDate) : {}),
    candles,
  };
}

function timeframeOf(call: Call, rule: (typeof periods)[keyof typeof periods]): string {
  const type = call.query.get("frequencyType") ?? rule.frequency;
  if (!(rule.frequencies as readonly string[]).includes(type)) {
    return bad(`Search combination should be of frequencyType ${rule.frequencies.join(", ")}`);
  }
  const frequency = number(call, "frequency", 1);
  const allowed = type === "minute" ? [1, 5, 10, 15, 30] : [1];
  if (!allowed.includes(frequency)) return bad(`frequency of ${type} must be ${allowed.join(", ")}`);
  if (type === "minute") return `${frequency}m`;
  return { daily: "1d", weekly: "1w", monthly: "1M" }[type as "daily" | "weekly" | "monthly"];
}

function number(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  return /^-?\d{1,16}$/.test(text) ? Number(text) : bad(`${name} '${text}' is not a number`);
}

function startOf(periodType: string, period: number, end: number): number {
  const date = new Date(end);
  if (periodType === "ytd") return Date.UTC(date.getUTCFullYear(), 0, 1);
  if (periodType === "month") return date.setUTCMonth(date.getUTCMonth() - period);
  if (periodType === "year") return date.setUTCFullYear(date.getUTCFullYear() - period);
  let day = Math.floor(newYorkWall(end) / DAY_MS) * DAY_MS;
  for (let sessions = 0; ; day -= DAY_MS) {
    const session = usSession(day);
    if (session && session.open <= end && ++sessions === period) return session.open - 6 * HOUR_MS;
  }
}

function candlesOf(call: Call, tape: Tape, columns: Columns, start: number, end: number): object[] {
  const isMinute = columns.timeframe.endsWith("m");
  const isExtended = call.query.get("needExtendedHoursData") !== "false";
  const adjust = adjusterOf(call.world, tape, "split", call.now);
  const isUnclosed = call.faults.some((f) => f.kind === "unclosed");
  const first = isMinute ? lowerBound(columns.label, start) : lowerBound(columns.to, start);
  const last = Math.min(lastAt(columns.from, call.now), lastAt(columns.from, end));
  const candles: object[] = [];
  for (let i = first; i <= last; i++) {
    if (isMinute && !isExtended && !isRegular(columns.label[i]!)) continue;
    const isHalf = isUnclosed && columns.to[i]! <= call.now && !(columns.to[i + 1]! <= call.now);
    const bar = isHalf
      ? tape.forming(columns, i, (columns.from[i]! + columns.to[i]!) / 2)
      : tape.bar(columns, i, call.now)!;
    candles.push(candle(adjust(bar), isMinute));
  }
  return candles;
}

function isRegular(at: number): boolean {
  const session = usSession(Math.floor(newYorkWall(at) / DAY_MS) * DAY_MS);
  return session !== null && at >= session.open && at < session.close;
}

function candle(bar: Bar, isMinute: boolean): object {
  return {
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    // the specification's volume is a whole number
    volume: Math.round(bar.volume),
    datetime: isMinute ? bar.label : chicagoMidnight(bar.label),
  };
}

/** Bars from a day on are stamped 00:00 in Chicago, one hour after New York's. */
function chicagoMidnight(day: number): number {
  const noon = day + 12 * HOUR_MS;
  return day + (noon - newYorkWall(noon)) + HOUR_MS;
}

function previousClose(tape: Tape, start: number): object {
  const daily = tape.columns("1d");
  const i = daily ? lastAt(daily.to, start) : -1;
  return daily && i >= 0
    ? { previousClose: daily.close[i], previousCloseDate: chicagoMidnight(daily.label[i]!) }
    : {};
}
