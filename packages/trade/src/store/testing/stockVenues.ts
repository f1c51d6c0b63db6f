import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { calendarOf } from "../../market/calendars/calendarOf.ts";
import { alpacaSource } from "../../market/sources/alpaca/alpaca.ts";
import { schwabSource } from "../../market/sources/schwab/schwab.ts";
import { SchwabSession } from "../../market/sources/schwab/schwabSession.ts";
import { tokensInMemory } from "../../market/sources/schwab/schwabTokens.ts";
import type { Source } from "../../market/sources/source.ts";
import { yahooSource } from "../../market/sources/yahoo/yahoo.ts";

export const SECRETS = { alpaca: "alpaca-secret-key", schwab: "schwab-client-secret" };
const keys = {
  alpaca: { keyId: "PKTEST0001", secret: SECRETS.alpaca },
  schwab: { clientId: "client", clientSecret: SECRETS.schwab },
};
export const STOCK_VENUES = ["alpaca", "schwab", "yahoo"] as const;

/** Days of trade up to the middle of 18 December 2024, a half day (29 November) among them. */
export const NOW = Date.parse("2024-12-18T17:00:30Z");
export const sessions = calendarOf("nyse").sessions(Date.parse("2023-11-01"), NOW);
const cents = (value: number): number => Math.round(value * 100) / 100;

function series(symbol: string, timeframe: string, openTime: number[]) {
  const column = (of: (i: number) => number): Float64Array => Float64Array.from(openTime, (_, i) => of(i));
  const close = (i: number): number => cents(400 + 50 * Math.sin(i / 19) + (i % 7));
  const open = (i: number): number => (i === 0 ? 400 : close(i - 1));
  return {
    market: "stock" as const,
    symbol,
    timeframe,
    openTime: Float64Array.from(openTime),
    open: column(open),
    high: column((i) => cents(Math.max(open(i), close(i)) + 0.37)),
    low: column((i) => cents(Math.min(open(i), close(i)) - 0.41)),
    close: column(close),
    volume: column((i) => 1000 + ((i * 7919) % 5000)),
  };
}
export const daily = series(
  "SPY",
  "1d",
  sessions.map(({ day }) => Date.parse(day)),
);
export const recent = sessions.slice(-22);
/** with an hour before the open and one after the close of each day */
export const minutes = series(
  "QQQ",
  "1m",
  recent.flatMap(({ open, close }) =>
    Array.from({ length: (close - open) / MINUTE_MS + 120 }, (_, i) => open - HOUR_MS + i * MINUTE_MS),
  ),
);
export const splitDay = Date.parse("2024-06-10");
const actions = [
  {
    symbol: "SPY",
    splits: [{ time: splitDay, numerator: 4, denominator: 1 }],
    dividends: [{ time: Date.parse("2024-09-20"), amount: 1.5 }],
  },
];

/** Alpaca, Schwab and Yahoo as they would serve these stocks; SPY splits and pays within the days. */
export function startStockVenues(): Promise<VenueSim> {
  return startVenueSim({ venues: [...STOCK_VENUES], series: [daily, minutes], actions, keys, now: NOW });
}

/** Options of a source that loses no time on waiting, by the simulator's clock. */
export const quick = (sim: VenueSim) => ({
  rateLimit: false,
  timeoutMs: 250,
  clock: () => sim.now,
  retry: { random: () => 0.5, sleep: async () => undefined },
});

/** signed in as a user does it: the printed address, then what the browser ended on */
async function schwabTokens(sim: VenueSim) {
  const tokens = tokensInMemory(null);
  const session = await SchwabSession.open({
    ...quick(sim),
    ...keys.schwab,
    baseUrl: sim.url("schwab"),
    tokens,
  });
  const consent = await fetch(session.authorizeUrl(), { redirect: "manual" });
  await session.signIn(consent.headers.get("location")!);
  return tokens;
}

/** A source that asks the simulator. */
export async function stockSource(sim: VenueSim, name: (typeof STOCK_VENUES)[number]): Promise<Source> {
  const options = { ...quick(sim), baseUrl: sim.url(name) };
  if (name === "alpaca") {
    return alpacaSource({ ...options, keyId: keys.alpaca.keyId, secretKey: keys.alpaca.secret });
  }
  if (name === "yahoo") return yahooSource(options);
  return schwabSource({ ...options, ...keys.schwab, tokens: await schwabTokens(sim) });
}

export const DAILY = { symbol: "SPY", timeframe: "1d", since: sessions[0]!.open - DAY_MS };
export const FIVE = { symbol: "QQQ", timeframe: "5m", since: recent[0]!.open - HOUR_MS };
