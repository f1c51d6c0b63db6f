import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { HOUR_MS } from "../../core/time.ts";
import { binanceSource } from "./binance.ts";
import type { Source } from "./source.ts";

const START = Date.UTC(2024, 0, 1);
const NOW = START + 200 * HOUR_MS;

/** what the venue answers to everything that is no list of markets and no clock */
let answer: unknown;
let server: Server;
let source: Source;

beforeAll(async () => {
  const market = {
    ...{ symbol: "BTCUSDT", pair: "BTCUSDT", status: "TRADING", contractType: "PERPETUAL" },
    ...{ baseAsset: "BTC", quoteAsset: "USDT", marginAsset: "USDT", pricePrecision: 2, quantityPrecision: 3 },
    ...{ onboardDate: START, deliveryDate: 4133404800000, filters: [], orderTypes: ["LIMIT"] },
  };
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const body = path.includes("exchangeInfo")
      ? { timezone: "UTC", serverTime: NOW, symbols: [market] }
      : path.includes("/time")
        ? { serverTime: NOW }
        : answer;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  source = binanceSource("binanceusdm", {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rateLimit: false,
    retry: { attempts: 2, firstContactAttempts: 2, random: () => 0, sleep: async () => undefined },
  });
});
afterAll(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

/** numbers as venues write them, and as they must not */
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 100 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("NaN", "", " ", "Infinity", "-1", "0", "1e308", "abc", null, true, {}),
  },
  { weight: 1, arbitrary: fc.double() },
);
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 260 }).map((i) => START + i * HOUR_MS) },
  { weight: 1, arbitrary: fc.constantFrom(null, "x", -1, 1e300, START + 1, String(START)) },
);
const row = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(time, number, number, number, number, number) },
  { weight: 1, arbitrary: fc.array(number, { maxLength: 3 }) },
);
const sound = fc
  .integer({ min: 1, max: 12 })
  .map((count) => Array.from({ length: count }, (_, i) => [START + i * HOUR_MS, "10", "12", "9", "11", "5"]));
const klines = fc.oneof(
  sound,
  fc.array(row, { maxLength: 12 }),
  fc.tuple(sound, fc.array(row, { maxLength: 2 })).map(([a, b]) => [...a, ...b]),
  sound.map((rows) => [...rows, ...rows]),
  sound.map((rows) => [...rows].reverse()),
  fc.constantFrom({}, [], "", "null", "[[", { code: -1, msg: "x" }, [null], [{}], 7),
);

async function outcome(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    expect(thrown instanceof DataError || thrown instanceof UsageError ? "told" : thrown).toBe("told");
    expect(String(thrown)).toMatch(/BTCUSDT/);
    expect(String(thrown)).not.toMatch(/\n/);
  }
}

test("whatever is answered for bars: sound bars in order, or one line with the symbol", async () => {
  await fc.assert(
    fc.asyncProperty(klines, fc.constantFrom("fetchBars", "fetchMark"), async (given, fetch) => {
      answer = given;
      await outcome(async () => {
        let before = START;
        const request = { symbol: "BTCUSDT", timeframe: "1h", since: START };
        for await (const page of source[fetch as "fetchBars"](request)) {
          for (let i = 0; i < page.length; i++) {
            const closeTime = page.closeTime[i]!;
            expect(closeTime).toBeGreaterThan(before);
            expect(closeTime % HOUR_MS).toBe(0);
            expect(closeTime).toBeLessThanOrEqual(NOW + 24 * HOUR_MS);
            before = closeTime;
            for (const name of ["open", "high", "low", "close"] as const) {
              expect(page[name][i]).toBeGreaterThan(0);
              expect(page[name][i]).toBeLessThan(Infinity);
            }
            expect(page.high[i]!).toBeGreaterThanOrEqual(page.low[i]!);
            expect(fetch === "fetchMark" || page.volume[i]! >= 0).toBe(true);
          }
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("whatever is answered for funding, open interest, books and trades", async () => {
  const object = fc.record(
    {
      ...{ fundingTime: time, fundingRate: number, timestamp: time },
      ...{ sumOpenInterest: number, sumOpenInterestValue: number },
      ...{ id: fc.nat(), price: number, qty: number, time, isBuyerMaker: fc.boolean() },
    },
    { requiredKeys: [] },
  );
  const side = fc.array(fc.tuple(number, number), { maxLength: 4 });
  const book = fc.record({ bids: side, asks: side });
  const answers = fc.oneof(fc.array(object, { maxLength: 5 }), book, klines);
  await fc.assert(
    fc.asyncProperty(answers, async (given) => {
      answer = given;
      const request = { symbol: "BTCUSDT", timeframe: "1h", since: START };
      await outcome(async () => {
        let before = Number.NEGATIVE_INFINITY;
        for await (const page of source.fetchFunding!(request)) {
          for (let i = 0; i < page.length; i++) {
            expect(page.time[i]! > before && page.time[i]! % HOUR_MS === 0).toBe(true);
            expect(Number.isFinite(page.rate[i])).toBe(true);
            before = page.time[i]!;
          }
        }
      });
      await outcome(async () => {
        let before = Number.NEGATIVE_INFINITY;
        for await (const page of source.fetchOpenInterest!(request)) {
          for (let i = 0; i < page.length; i++) {
            expect(page.time[i]! > before && page.time[i]! % HOUR_MS === 0).toBe(true);
            expect(page.contracts[i]! >= 0 && page.value[i]! >= 0).toBe(true);
            before = page.time[i]!;
          }
        }
      });
      await outcome(async () => {
        const { bids, asks } = await source.snapshotBook!("BTCUSDT", 5);
        const prices = [...bids.map(([p]) => p).reverse(), ...asks.map(([p]) => p)];
        expect(prices.every((p, i) => p > 0 && p < Infinity && (i === 0 || p > prices[i - 1]!))).toBe(true);
      });
      await outcome(async () => {
        const trades = await source.recentTrades!("BTCUSDT", 5);
        expect(trades.every((t) => t.price > 0 && t.quantity > 0 && Number.isFinite(t.time))).toBe(true);
      });
    }),
    { numRuns: 200 },
  );
});
