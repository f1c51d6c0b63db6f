import { z } from "zod";
import { DAY_MS } from "../../../core/time.ts";
import { zoneOffset } from "../../../market/calendars/index.ts";
import { typicalPrice } from "../medianPrice.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/** Times for which a day of New York can be told, ms UTC: 1970 to 2100. */
const LAST_TIME = Date.UTC(2100, 0, 1);

/**
 * Volume-weighted average price of the session so far: sum of p v over sum of v since the session's first bar, p = (high + low +
 * close) / 3, v the volume; p itself until something was traded, NaN where a volume is below 0 and until the next session or missing bar.
 * A session is a day of UTC (default: where trade never rests) or of New York (`session` "newYork": US stocks, before and after hours
 * included). A bar belongs to the day of its last moment. NaN for times outside 1970 to 2100 with New York's days.
 * Source: the VWAP of StockCharts and of TradingView's ta.vwap with its usual anchor, the session.
 */
export function sessionVwap(
  time: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  session: "utc" | "newYork" = "utc",
): Float64Array {
  const price = typicalPrice(high, low, close);
  const offset = session === "newYork" ? zoneOffset("America/New_York") : () => 0;
  const out = newColumn(close.length);
  let day = Number.NaN;
  let money = 0;
  let traded = 0;
  for (let t = 0; t < out.length; t++) {
    const last = time[t]! - 1;
    const known = session === "utc" || (last >= 0 && last < LAST_TIME);
    const today = known ? Math.floor((last + offset(last)) / DAY_MS) : Number.NaN;
    if (today !== day) {
      day = today;
      money = 0;
      traded = 0;
    }
    money += price[t]! * volume[t]!;
    traded += volume[t]! >= 0 ? volume[t]! : Number.NaN;
    const value = traded === 0 ? price[t]! : money / traded;
    out[t] = Number.isNaN(day) ? Number.NaN : value;
  }
  return out;
}

export const sessionVwapIndicator = indicator({
  name: "sessionVwap",
  title: "Volume-weighted average price of the session",
  formula: "sum of p volume / sum of volume since the day began, p = (high + low + close)/3",
  source: "StockCharts ChartSchool, 'Volume-Weighted Average Price'",
  params: z.strictObject({
    session: z.enum(["utc", "newYork"], "give utc or newYork, whose days are the sessions").default("utc"),
  }),
  inputs: ["time", "high", "low", "close", "volume"],
  outputs: () => ({ sessionVwap: 0 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ time, high, low, close, volume }, { session }) => ({
    sessionVwap: sessionVwap(time, high, low, close, volume, session),
  }),
});
