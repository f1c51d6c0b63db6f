import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../core/time.ts";
import { calendarOf } from "../../calendars/calendarOf.ts";
import { createSource } from "../createSource.ts";
import { yahooSource } from "../yahoo/yahoo.ts";
import { alpacaSource } from "./alpaca.ts";
import { withFallback } from "./withFallback.ts";

const NOW = Date.parse("2024-12-18T17:00:00Z");
const days = calendarOf("nyse")
  .sessions(Date.parse("2015-11-30"), Date.parse("2016-02-01"))
  .map(({ day }) => Date.parse(day));
const served = (symbol: string, level: number) => {
  const column = (value: number) => new Float64Array(days.length).fill(value);
  const prices = { open: column(level), high: column(level), low: column(level), close: column(level) };
  const openTime = Float64Array.from(days);
  return { market: "stock" as const, symbol, timeframe: "1d", openTime, ...prices, volume: column(5) };
};
const keys = { keyId: "PKTEST", secret: "alpaca-secret" };

let sim: VenueSim;
beforeAll(async () => {
  sim = await startVenueSim({
    venues: ["alpaca", "yahoo"],
    series: [served("SPY", 200), served("^VIX", 17)],
    keys: { alpaca: keys },
    now: NOW,
  });
});
afterAll(() => sim.close());

function source(given: { keyId?: string; secretKey?: string }) {
  const quick = {
    rateLimit: false,
    timeoutMs: 500,
    clock: () => sim.now,
    retry: { random: () => 0.5, sleep: async () => undefined },
  };
  const lines: string[] = [];
  const both = withFallback(
    alpacaSource({ ...quick, ...given, baseUrl: sim.url("alpaca") }),
    yahooSource({ ...quick, baseUrl: sim.url("yahoo") }),
    (line) => lines.push(line),
  );
  return { both, lines };
}

async function closes(
  both: ReturnType<typeof withFallback>,
  symbol: string,
  since: number,
): Promise<number[]> {
  const found: number[] = [];
  for await (const page of both.fetchBars({ symbol, timeframe: "1d", since, until: NOW })) {
    found.push(...page.close);
  }
  return found;
}

const good = { keyId: keys.keyId, secretKey: keys.secret };
const JANUARY = Date.parse("2016-01-04");

describe("Alpaca with Yahoo in its place", () => {
  test("serves itself what it can, and says nothing", async () => {
    const { both, lines } = source(good);
    expect(await closes(both, "SPY", JANUARY)).toHaveLength(19);
    expect([lines, both.provenance, both.client?.name]).toEqual([
      [],
      "alpaca (iex feed)",
      "@alpacahq/alpaca-trade-api",
    ]);
  });

  test.each([
    ["no keys", {}, "SPY", JANUARY, /no keys/],
    ["wrong keys", { keyId: "PKTEST", secretKey: "wrong" }, "SPY", JANUARY, /keys were refused/],
    ["an unknown symbol", good, "VIX", JANUARY, /no symbol 'VIX'/],
    ["time before its history", good, "SPY", Date.parse("2015-12-01"), /history of SPY begins 2016-01-01/],
  ])("%s: all comes from Yahoo, the reason is told and kept", async (_what, given, symbol, since, why) => {
    const { both, lines } = source(given);
    const found = await closes(both, symbol, since);
    expect(found.length).toBe(days.filter((day) => day >= since).length);
    expect(lines).toEqual([expect.stringMatching(why)]);
    expect(lines[0]).toMatch(/comes from yahoo/);
    expect(both.provenance).toMatch(/^yahoo in place of alpaca \(.+\)$/);
    expect(both.client?.name).toBe("yahoo-finance2");
    expect(JSON.stringify([lines, both.provenance])).not.toMatch(/alpaca-secret|wrong/);
    // asked again, Alpaca has its turn first, and the reason is not told twice
    await closes(both, symbol, since);
    expect(lines).toHaveLength(1);
  });

  test("a fault of the network is no reason to turn to another source", async () => {
    const { both, lines } = source(good);
    sim.setFaults([{ kind: "5xx", venue: "alpaca" }]);
    await expect(closes(both, "SPY", JANUARY)).rejects.toThrow(/alpaca cannot be reached/);
    sim.setFaults([]);
    expect(lines).toEqual([]);
  });

  test("--fallback is for alpaca; the feed has a name", () => {
    expect(() => createSource("yahoo", {}, { fallback: "yahoo" })).toThrow(/stands in for alpaca/);
    expect(() => createSource("alpaca", {}, { fallback: "schwab" })).toThrow(/is yahoo/);
    expect(() => createSource("alpaca", { ORION_ALPACA_FEED: "otc" })).toThrow(/one of iex, sip/);
    expect(() => createSource("yahoo", { ORION_YAHOO_URL: "localhost:1" })).not.toThrow();
  });

  test("an address that is none is told with the first request", async () => {
    const wrong = createSource("yahoo", { ORION_YAHOO_URL: "localhost" });
    const pages = wrong.fetchBars({ symbol: "SPY", timeframe: "1d", since: NOW - 9 * DAY_MS });
    await expect(pages[Symbol.asyncIterator]().next()).rejects.toThrow(/'localhost' is not understood/);
  });
});
