import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { binanceSource } from "./binance.ts";
import { servedBars, tenthsBars } from "./testing/servedBars.ts";

const START = Date.UTC(2023, 0, 1);
const FUNDINGS = 1100;
const HELD_ROWS = 1300;
const NOW = START + FUNDINGS * 8 * HOUR_MS + HOUR_MS;
const interestStart = NOW - HOUR_MS - HELD_ROWS * 5 * MINUTE_MS;

const traded = tenthsBars("BTCUSDT", DAY_MS, START, 400);
const marks = tenthsBars("BTCUSDT", 8 * HOUR_MS, START, 1200);
const funding = {
  symbol: "BTCUSDT",
  // as the venue stamps them: some ms after the hour
  time: Float64Array.from({ length: FUNDINGS }, (_, i) => START + i * 8 * HOUR_MS + (i % 4)),
  rate: Float64Array.from({ length: FUNDINGS }, (_, i) => ((i % 41) - 20) / 1e5),
};
const openInterest = {
  symbol: "BTCUSDT",
  time: Float64Array.from({ length: HELD_ROWS }, (_, i) => interestStart + i * 5 * MINUTE_MS),
  contracts: Float64Array.from({ length: HELD_ROWS }, (_, i) => 80_000 + (i % 97) / 8),
  value: Float64Array.from({ length: HELD_ROWS }, (_, i) => 2e9 + i),
};

let sim: VenueSim | undefined;
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

async function serve(faults: readonly Fault[] = [], name: "binance" | "binanceusdm" = "binanceusdm") {
  sim = await startVenueSim({
    venues: ["binance"],
    now: NOW,
    series: [
      servedBars(traded, "1d", "futures"),
      servedBars(traded, "1d", "spot"),
      servedBars(marks, "8h", "futures", "mark"),
    ],
    funding: [funding],
    openInterest: [openInterest],
    faults,
  });
  return binanceSource(name, {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 250,
    retry: { random: () => 0.5, sleep: async () => undefined },
  });
}

async function columns<T extends object>(
  pages: AsyncIterable<T>,
  names: readonly (keyof T)[],
): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const page of pages) {
    const [first, ...rest] = names.map((name) => page[name] as Float64Array);
    for (let i = 0; i < first!.length; i++) rows.push([first![i]!, ...rest.map((column) => column[i]!)]);
  }
  return rows;
}

/** half of all answers fail, each in another way */
const badDay: readonly Fault[] = [
  { kind: "429", at: [0, 6], retryAfterSeconds: 1 },
  { kind: "cut", at: [2, 8] },
  { kind: "html", at: [4, 10] },
  { kind: "reset", at: [5, 12] },
];

describe.each<[string, readonly Fault[]]>([
  ["on a good day", []],
  ["on a bad day", badDay],
])("%s", (_, faults) => {
  test("funding comes in pages, on the full hour", async () => {
    const source = await serve(faults);
    const rows = await columns(source.fetchFunding!({ symbol: "BTCUSDT", since: START }), ["time", "rate"]);
    expect(rows).toEqual(Array.from(funding.rate, (rate, i) => [START + i * 8 * HOUR_MS, rate]));
  });

  test("open interest of the days that the venue keeps, oldest first", async () => {
    const source = await serve(faults);
    const request = { symbol: "BTCUSDT", timeframe: "5m", since: interestStart };
    const rows = await columns(source.fetchOpenInterest!(request), ["time", "contracts", "value"]);
    expect(rows).toEqual(
      Array.from(openInterest.time, (t, i) => [t, openInterest.contracts[i]!, openInterest.value[i]!]),
    );
  });

  test("mark prices, without volume", async () => {
    const source = await serve(faults);
    const request = { symbol: "BTCUSDT", timeframe: "8h", since: START };
    const rows = await columns(source.fetchMark!(request), ["closeTime", "open", "close", "volume"]);
    expect(rows).toEqual(
      Array.from({ length: FUNDINGS }, (_, i) => [
        marks.closeTime[i]!,
        marks.open[i]!,
        marks.close[i]!,
        Number.NaN,
      ]),
    );
  });
});

test("a range has the fundings in it, both ends included", async () => {
  const source = await serve();
  const request = { symbol: "BTCUSDT", since: START + DAY_MS, until: START + 2 * DAY_MS };
  const rows = await columns(source.fetchFunding!(request), ["time"]);
  expect(rows.flat()).toEqual([3, 4, 5, 6].map((i) => START + i * 8 * HOUR_MS));
});

test("open interest from before the venue's memory begins where that does", async () => {
  const source = await serve();
  const notes: string[] = [];
  const request = {
    symbol: "BTCUSDT",
    timeframe: "1h",
    since: START,
    onProgress: ({ note }: { note?: string }) => notes.push(note ?? ""),
  };
  const rows = await columns(source.fetchOpenInterest!(request), ["time"]);
  expect(rows[0]![0]).toBe(Math.ceil(interestStart / HOUR_MS) * HOUR_MS);
  expect(notes.some((note) => note.includes("keeps 30 days"))).toBe(true);
});

test("what is not to be had is told", async () => {
  const source = await serve();
  const request = { symbol: "BTCUSDT", timeframe: "3m", since: START };
  await expect(columns(source.fetchOpenInterest!(request), ["time"])).rejects.toThrow(UsageError);
  const spot = binanceSource("binance");
  expect([spot.fetchMark, spot.fetchFunding, spot.fetchOpenInterest]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe.each(["binance", "binanceusdm"] as const)("%s", (name) => {
  test("a snapshot of the book has the best levels of both sides, best first", async () => {
    const source = await serve([{ kind: "garbage", route: "/depth", at: [0] }], name);
    const book = await source.snapshotBook!("BTCUSDT", 15);
    expect([book.instrument, book.bids.length, book.asks.length]).toEqual(["BTCUSDT", 15, 15]);
    expect(book.time).toBe(NOW);
    const prices = [...book.bids.map(([price]) => price).reverse(), ...book.asks.map(([price]) => price)];
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(new Set(prices).size).toBe(30);
    await expect(source.snapshotBook!("BTCUSDT", 1001)).rejects.toThrow(UsageError);
    await expect(source.snapshotBook!("NOSUCH", 5)).rejects.toThrow(UsageError);
  });

  test("the newest trades, oldest first, within the bar that forms", async () => {
    const source = await serve([{ kind: "5xx", route: "/trades", at: [0] }], name);
    const trades = await source.recentTrades!("BTCUSDT", 30);
    const times = trades.map((t) => t.time);
    const day = Math.floor(NOW / DAY_MS);
    const bar = (day * DAY_MS - START) / DAY_MS;
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(NOW);
    for (const { time, price, quantity } of trades) {
      const i = bar + Math.floor(time / DAY_MS) - day;
      expect(price).toBeGreaterThanOrEqual(traded.low[i]!);
      expect(price).toBeLessThanOrEqual(traded.high[i]!);
      expect(quantity).toBeGreaterThan(0);
    }
    await expect(source.recentTrades!("BTCUSDT", 0)).rejects.toThrow(UsageError);
  });

  test("a symbol without a book any more is one line", async () => {
    const source = await serve([{ kind: "unknown-symbol", route: "/depth" }], name);
    await expect(source.snapshotBook!("BTCUSDT", 5)).rejects.toThrow(DataError);
    await expect(source.snapshotBook!("BTCUSDT", 5)).rejects.toThrow(
      /refused the order book of BTCUSDT: [^\n]*$/,
    );
  });
});
