import { binance, binanceusdm } from "ccxt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVenueSim, type VenueSim } from "../index.ts";
import { ccxtAt } from "../testing/ccxtAt.ts";
import { madeSeries } from "../testing/madeSeries.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2024, 2, 4);
const spot = madeSeries("spot", "BTCUSDT", "1m", START, 3000, MINUTE);
const gone = madeSeries("futures", "LUNAUSDT", "1m", START, 100, MINUTE, 11);
const futures = madeSeries("futures", "BTCUSDT", "1m", START, 3000, MINUTE, 8);
const mark = { ...madeSeries("futures", "BTCUSDT", "1m", START, 3000, MINUTE, 9), price: "mark" as const };
const funding = {
  symbol: "BTCUSDT",
  time: Float64Array.from([0, 8, 16, 24, 32, 40], (h) => START + h * HOUR),
  rate: Float64Array.from([0.0001, -0.00012, 0.0003, 0.00025, 1e-8, 0.0007]),
};
const openInterest = {
  symbol: "BTCUSDT",
  time: Float64Array.from({ length: 500 }, (_, i) => START + i * 5 * MINUTE),
  contracts: Float64Array.from({ length: 500 }, (_, i) => 1000 + i),
  value: Float64Array.from({ length: 500 }, (_, i) => 1e6 + i),
};

describe("Binance market data", () => {
  let sim: VenueSim;
  beforeAll(async () => {
    sim = await startVenueSim({
      venues: ["binance"],
      series: [spot, futures, mark, gone],
      funding: [funding],
      openInterest: [openInterest],
      listings: [{ market: "futures", symbol: "LUNAUSDT", delistedMs: START + 100 * MINUTE }],
      now: START + 2000 * MINUTE + 30_000,
    });
  });
  afterAll(() => sim.close());

  const spotClient = (): binance => ccxtAt(new binance({ enableRateLimit: false }), sim);
  const futuresClient = (): binanceusdm => ccxtAt(new binanceusdm({ enableRateLimit: false }), sim);
  const at = async (path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(sim.url("binance") + path, init);
    return { status: answer.status, body: await answer.json() };
  };

  test("the trades of a minute add up to its bar", async () => {
    for (const [client, symbol, series] of [
      [spotClient(), "BTC/USDT", spot],
      [futuresClient(), "BTC/USDT:USDT", futures],
    ] as const) {
      const i = 1500;
      const trades = await client.fetchTrades(symbol, START + i * MINUTE, 1000, {
        until: START + (i + 1) * MINUTE - 1,
        fetchTradesMethod: symbol.includes(":") ? "fapiPublicGetAggTrades" : "publicGetAggTrades",
      });
      const prices = trades.map((t) => t.price ?? Number.NaN);
      expect(prices[0]).toBe(series.open[i]);
      expect(prices.at(-1)).toBe(series.close[i]);
      expect(Math.max(...prices)).toBe(series.high[i]);
      expect(Math.min(...prices)).toBe(series.low[i]);
      expect(trades.reduce((sum, t) => sum + (t.amount ?? 0), 0)).toBeCloseTo(series.volume[i]!, 9);
      // numbered without holes
      const ids = trades.map((t) => Number(t.id));
      expect(ids).toEqual(ids.map((_, k) => ids[0]! + k));
      const recent = await client.fetchTrades(symbol, undefined, 40, {
        fetchTradesMethod: symbol.includes(":") ? "fapiPublicGetTrades" : "publicGetTrades",
      });
      expect(recent).toHaveLength(40);
      expect(recent.at(-1)!.timestamp).toBeLessThanOrEqual(sim.now);
    }
  });

  test("book, tickers and their agreement", async () => {
    for (const [client, symbol] of [
      [spotClient(), "BTC/USDT"],
      [futuresClient(), "BTC/USDT:USDT"],
    ] as const) {
      const book = await client.fetchOrderBook(symbol, 20);
      expect(book.bids).toHaveLength(20);
      expect(book.asks[0]![0]! - book.bids[0]![0]!).toBeCloseTo(0.02, 9);
      const ticker = await client.fetchTicker(symbol);
      expect(ticker.last).toBeCloseTo((book.asks[0]![0]! + book.bids[0]![0]!) / 2, 9);
      const [quoted] = Object.values(await client.fetchBidsAsks([symbol]));
      expect(quoted!.bid).toBe(book.bids[0]![0]);
    }
  });

  test("mark price, funding and open interest", async () => {
    const client = futuresClient();
    const bars = (await client.fetchMarkOHLCV("BTC/USDT:USDT", "1m", START, 3)) as number[][];
    expect(bars.map((b) => b[4])).toEqual([...mark.close.subarray(0, 3)]);
    const rates = await client.fetchFundingRateHistory("BTC/USDT:USDT", START, 100);
    expect(rates.map((r) => [r.timestamp, r.fundingRate])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [funding.time[i], funding.rate[i]]),
    );
    const now = await client.fetchFundingRate("BTC/USDT:USDT");
    expect(now.fundingRate).toBe(1e-8);
    expect(now.fundingTimestamp).toBe(START + 40 * HOUR);
    const history = await client.fetchOpenInterestHistory("BTC/USDT:USDT", "1h", START + 2 * HOUR, 3);
    // the last values recorded at 2, 3, 4 and 5 hours; the client asks up to the end of the third hour
    expect(history.map((h) => [h.timestamp, h.openInterestAmount])).toEqual([
      [START + 3 * HOUR, 1036],
      [START + 4 * HOUR, 1048],
      [START + 5 * HOUR, 1060],
    ]);
    const interest = await client.fetchOpenInterest("BTC/USDT:USDT");
    expect(interest.openInterestAmount).toBe(1400);
  });

  test("a delisted contract is shown as such, and only its history is left", async () => {
    const client = futuresClient();
    await client.loadMarkets();
    expect(client.market("LUNA/USDT:USDT").active).toBe(false);
    expect(await client.fetchOHLCV("LUNA/USDT:USDT", "1m", START)).toHaveLength(100);
    await expect(client.fetchOrderBook("LUNA/USDT:USDT")).rejects.toThrow(/-1121/);
  });

  test("counts weight by the minute of its clock, as spot's documents weigh a book of 500 levels: 25", async () => {
    const own = await startVenueSim({ venues: ["binance"], series: [spot], now: START + HOUR });
    const used = async (path: string): Promise<number> =>
      Number((await fetch(own.url("binance") + path)).headers.get("x-mbx-used-weight-1m"));
    expect(await used("/api/v3/time")).toBe(1);
    expect(await used("/api/v3/depth?symbol=BTCUSDT&limit=500")).toBe(26);
    expect(await used("/api/v3/klines?symbol=BTCUSDT&interval=1m")).toBe(28);
    own.advance(MINUTE);
    expect(await used("/api/v3/ping")).toBe(1);
    await own.close();
  });

  test.each([
    ["/api/v3/userDataStream", "spot"],
    ["/fapi/v1/listenKey", "futures"],
  ])("%s: a key lives an hour, longer when kept alive", async (path) => {
    const own = await startVenueSim({
      venues: ["binance"],
      series: [spot],
      now: START,
      keys: { binance: { apiKey: "k", secret: "s" } },
    });
    const ask = async (
      method: string,
      key?: string,
      apiKey = "k",
    ): Promise<[number, Record<string, unknown>]> => {
      const query = key ? `?listenKey=${key}` : "";
      const answer = await fetch(own.url("binance") + path + query, {
        method,
        headers: { "X-MBX-APIKEY": apiKey },
      });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    const [, { listenKey }] = await ask("POST");
    expect(listenKey).toMatch(/^\w{64}$/);
    expect((await ask("POST"))[1].listenKey).toBe(listenKey);
    own.advance(50 * MINUTE);
    expect((await ask("PUT", String(listenKey)))[0]).toBe(200);
    own.advance(50 * MINUTE);
    expect((await ask("PUT", String(listenKey)))[0]).toBe(200);
    own.advance(61 * MINUTE);
    expect(await ask("PUT", String(listenKey))).toMatchObject([400, { code: -1125 }]);
    expect(await ask("POST", undefined, "wrong")).toMatchObject([401, { code: -2015 }]);
    await own.close();
  });

  test.each([
    ["/api/v3/depth", 400, -1102],
    ["/api/v3/depth?symbol=NOPE", 400, -1121],
    ["/futures/data/openInterestHist?symbol=BTCUSDT&period=7m", 400, -1130],
    ["/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&startTime=1000", 400, -1130],
    ["/fapi/v1/nothing", 404, -5000],
  ])("%s is refused", async (path, status, code) => {
    expect(await at(path)).toMatchObject({ status, body: { code } });
  });
});
