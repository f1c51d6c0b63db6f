import { afterAll, beforeAll, describe, expect, test } from "vitest";
import YahooFinance from "yahoo-finance2";
import { startVenueSim, type VenueSim } from "../index.ts";
import { usSession } from "../session.ts";
import { madeDaily } from "../testing/stockTestData.ts";

const START = Date.UTC(2024, 0, 2);
const aapl = madeDaily("AAPL", START, 100, 3);
const vix = madeDaily("^VIX", START, 100, 4);
/** a 4-for-1 split on the 50th day, a dividend of 0.50 on the 80th */
const actions = [
  {
    symbol: "AAPL",
    splits: [{ time: aapl.openTime[50]!, numerator: 4, denominator: 1 }],
    dividends: [{ time: aapl.openTime[80]!, amount: 0.5 }],
  },
];

describe("Yahoo", () => {
  let sim: VenueSim;
  beforeAll(async () => {
    const session = usSession(aapl.openTime[90]!)!;
    sim = await startVenueSim({
      venues: ["yahoo"],
      series: [aapl, vix],
      actions,
      now: (session.open + session.close) / 2,
    });
  });
  afterAll(() => sim.close());

  const client = (): InstanceType<typeof YahooFinance> =>
    new YahooFinance({
      suppressNotices: ["yahooSurvey"],
      versionCheck: false,
      fetch: (input: string | URL | Request, init?: RequestInit) => {
        const url = new URL(input instanceof Request ? input.url : input);
        return fetch(sim.url("yahoo") + url.pathname + url.search, init);
      },
    });

  test("yahoo-finance2 reads the chart: split-adjusted prices, adjclose, events, the day that is forming", async () => {
    const chart = await client().chart("AAPL", {
      period1: new Date(START),
      period2: new Date(sim.now),
      interval: "1d",
    });
    expect(chart.quotes).toHaveLength(91);
    // 4-for-1: prices before the split are a quarter, volumes fourfold; after it as recorded
    expect(chart.quotes[49]!.close).toBeCloseTo(aapl.close[49]! / 4, 6);
    expect(chart.quotes[49]!.volume).toBe(aapl.volume[49]! * 4);
    expect(chart.quotes[50]!.close).toBe(aapl.close[50]);
    // dividend: 1 - 0.5 / close of the day before, on all days before
    const factor = 1 - 0.5 / aapl.close[79]!;
    expect(chart.quotes[79]!.adjclose).toBeCloseTo(aapl.close[79]! * factor, 5);
    expect(chart.quotes[80]!.adjclose).toBe(aapl.close[80]);
    expect(chart.quotes[49]!.adjclose).toBeCloseTo((aapl.close[49]! / 4) * factor, 5);
    expect(chart.events?.splits).toEqual([
      { date: new Date("2024-03-14T13:30:00Z"), numerator: 4, denominator: 1, splitRatio: "4:1" },
    ]);
    expect(chart.events?.dividends?.map((d) => d.amount)).toEqual([0.5]);
    // stamps are the session's open: 14:30 UTC in winter, 13:30 after the change of 10 March 2024
    expect(chart.quotes[0]!.date).toEqual(new Date("2024-01-02T14:30:00Z"));
    expect(chart.quotes[60]!.date.toISOString()).toMatch(/T13:30:00/);
    expect(chart.quotes[90]!.volume).toBeLessThan(aapl.volume[90]!);
    expect(chart.quotes[90]!.date.getTime()).toBeLessThanOrEqual(sim.now);
  });

  test("an index, and a quote that needs cookie and crumb", async () => {
    const yahoo = client();
    const chart = await yahoo.chart("^VIX", { period1: new Date(START), interval: "1wk" });
    expect(chart.meta.instrumentType).toBe("INDEX");
    const quote = await yahoo.quote("AAPL");
    expect(quote.regularMarketPreviousClose).toBe(aapl.close[89]);
    expect(sim.requests.map((r) => r.path)).toEqual(
      expect.arrayContaining(["/quote/AAPL", "/v1/test/getcrumb", "/v7/finance/quote"]),
    );
    const bare = await fetch(`${sim.url("yahoo")}/v7/finance/quote?symbols=AAPL`);
    expect(bare.status).toBe(401);
  });

  test("refuses in Yahoo's words", async () => {
    await expect(client().chart("GONE", { period1: new Date(START) })).rejects.toThrow(/may be delisted/);
    await expect(
      client().chart("AAPL", { period1: new Date(sim.now - 20 * 86_400_000), interval: "1m" }),
    ).rejects.toThrow(/Only 8 days worth of 1m/);
  });

  test("an empty range is no error", async () => {
    const chart = await client().chart("AAPL", {
      period1: new Date("2023-06-01"),
      period2: new Date("2023-06-05"),
    });
    expect(chart.quotes).toEqual([]);
  });
});
