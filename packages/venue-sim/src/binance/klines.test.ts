import { binance, binanceusdm } from "ccxt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVenueSim, type VenueSim } from "../index.ts";
import { ccxtAt } from "../testing/ccxtAt.ts";
import { madeSeries } from "../testing/madeSeries.ts";

const MINUTE = 60_000;
const START = Date.UTC(2024, 2, 4); // a Monday
const minutes = madeSeries("spot", "BTCUSDT", "1m", START, 3000, MINUTE);
const futures = madeSeries("futures", "BTCUSDT", "1m", START, 3000, MINUTE, 8);
const mark = { ...madeSeries("futures", "BTCUSDT", "1m", START, 3000, MINUTE, 9), price: "mark" as const };

describe("Binance klines", () => {
  let sim: VenueSim;
  beforeAll(async () => {
    sim = await startVenueSim({
      venues: ["binance"],
      series: [minutes, futures, mark],
      now: START + 2000 * MINUTE + 30_000,
    });
  });
  afterAll(() => sim.close());

  const rows = async (path: string): Promise<unknown[][]> => {
    const response = await fetch(sim.url("binance") + path);
    return (await response.json()) as unknown[][];
  };

  test("ccxt pages through spot and futures, and reads the recorded numbers back exactly", async () => {
    for (const [Client, symbol, series] of [
      [binance, "BTC/USDT", minutes],
      [binanceusdm, "BTC/USDT:USDT", futures],
    ] as const) {
      const client = ccxtAt(new Client({ enableRateLimit: false }), sim);
      const got: number[][] = [];
      for (let since = START; ; ) {
        const page = (await client.fetchOHLCV(symbol, "1m", since, 1000)) as number[][];
        got.push(...page);
        if (page.length < 1000) break;
        since = page.at(-1)![0]! + MINUTE;
      }
      expect(got).toHaveLength(2001);
      for (const i of [0, 1, 999, 1000, 1999]) {
        expect(got[i]).toEqual([
          series.openTime[i],
          series.open[i],
          series.high[i],
          series.low[i],
          series.close[i],
          series.volume[i],
        ]);
      }
      // the last one is forming: begun, within its range, with less volume
      const last = got[2000]!;
      expect(last[0]).toBe(series.openTime[2000]);
      expect(last[1]).toBe(series.open[2000]);
      expect(last[2]).toBeLessThanOrEqual(series.high[2000]!);
      expect(last[3]).toBeGreaterThanOrEqual(series.low[2000]!);
      expect(last[5]).toBeGreaterThan(0);
      expect(last[5]).toBeLessThan(series.volume[2000]!);
    }
  });

  test("has the shape of the documented row", async () => {
    // developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints, Kline/Candlestick data
    const documented = [
      1499040000000,
      "0.01634790",
      "0.80000000",
      "0.01575800",
      "0.01577100",
      "148976.11427815",
      1499644799999,
      "2434.19055334",
      308,
      "1756.87402397",
      "28.46694368",
      "0",
    ];
    const [row] = await rows(`/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=${START}&limit=1`);
    expect(row!.map((v) => typeof v)).toEqual(documented.map((v) => typeof v));
    expect(String(row![1])).toMatch(/^\d+\.\d{8}$/);
    expect(row![6]).toBe(START + MINUTE - 1);
  });

  test("coarser intervals are the finer ones put together, the forming bar too", async () => {
    const [hour] = await rows(`/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${START}&limit=1`);
    const first = (column: Float64Array): number[] => [...column.subarray(0, 60)];
    expect(Number(hour![1])).toBe(minutes.open[0]);
    expect(Number(hour![2])).toBe(Math.max(...first(minutes.high)));
    expect(Number(hour![3])).toBe(Math.min(...first(minutes.low)));
    expect(Number(hour![4])).toBe(minutes.close[59]);
    expect(Number(hour![5])).toBeCloseTo(
      first(minutes.volume).reduce((a, b) => a + b),
      6,
    );
    const [forming] = await rows("/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1");
    const [minute] = await rows("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1");
    expect(forming![0]).toBe(START + 33 * 60 * MINUTE);
    expect(forming![4]).toBe(minute![4]);
    const [week] = await rows("/api/v3/klines?symbol=BTCUSDT&interval=1w&limit=1");
    const [month] = await rows("/api/v3/klines?symbol=BTCUSDT&interval=1M&limit=1");
    expect([week![0], month![0], month![6]]).toEqual([START, Date.UTC(2024, 2, 1), Date.UTC(2024, 3, 1) - 1]);
  });

  test("mark prices are a series of their own, without volume", async () => {
    const [row] = await rows(
      `/fapi/v1/markPriceKlines?symbol=BTCUSDT&interval=1m&startTime=${START}&limit=1`,
    );
    expect([Number(row![1]), row![5]]).toEqual([mark.open[0], "0"]);
    expect(await rows("/fapi/v1/indexPriceKlines?pair=BTCUSDT&interval=1m")).toEqual([]);
  });

  test.each([
    ["/api/v3/klines?symbol=NOPE&interval=1m", -1121],
    ["/api/v3/klines?symbol=BTCUSDT&interval=7m", -1120],
    ["/api/v3/klines?interval=1m", -1102],
    ["/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=2000", -1130],
    ["/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=yesterday", -1100],
  ])("%s is refused with the documented code", async (path, code) => {
    const response = await fetch(sim.url("binance") + path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code });
  });
});

test("of several recorded lengths each is served as it is; the rest comes from the one that goes on longest", async () => {
  const short = madeSeries("spot", "BTCUSDT", "1m", START, 60, MINUTE, 1);
  const long = madeSeries("spot", "BTCUSDT", "5m", START, 2000, 5 * MINUTE, 2);
  const sim = await startVenueSim({ venues: ["binance"], series: [short, long], now: START + 7000 * MINUTE });
  const close = async (interval: string, at: number): Promise<number> => {
    const query = `symbol=BTCUSDT&interval=${interval}&startTime=${at}&limit=1`;
    const answer = await fetch(`${sim.url("binance")}/api/v3/klines?${query}`);
    return Number(((await answer.json()) as string[][])[0]![4]);
  };
  expect(await close("1m", START + 7 * MINUTE)).toBe(short.close[7]);
  expect(await close("5m", START + 5 * MINUTE)).toBe(long.close[1]);
  expect(await close("15m", START)).toBe(long.close[2]);
  const price = await fetch(`${sim.url("binance")}/api/v3/ticker/price?symbol=BTCUSDT`);
  const { price: last } = (await price.json()) as { price: string };
  expect(Number(last)).toBeLessThanOrEqual(long.high[1400]!);
  expect(Number(last)).toBeGreaterThanOrEqual(long.low[1400]!);
  await sim.close();
});
