import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../bars.ts";
import { binanceSource } from "./binance.ts";
import type { Source } from "./source.ts";
import { rowsOf, servedBars, tenthsBars } from "./testing/servedBars.ts";

const BAR_MS = 5 * MINUTE_MS;
/** 2023-01-01T00:00Z */
const START = 1672531200000;
/** bars that are closed at the simulator's time; one more is forming and others lie in the future */
const CLOSED = 2500;
const NOW = START + CLOSED * BAR_MS + 2 * MINUTE_MS;

const sims: VenueSim[] = [];
afterEach(async () => {
  for (const sim of sims.splice(0)) await sim.close();
});

const made = tenthsBars("BTCUSDT", BAR_MS, START, CLOSED + 10);
const expected = rowsOf([sliceBars(made, 0, CLOSED)]);

async function serve(
  name: "binance" | "binanceusdm",
  faults: readonly Fault[] = [],
  more: { bars?: BarSeries; timeframe?: string; now?: number; delistedMs?: number } = {},
) {
  const waits: number[] = [];
  const market = name === "binance" ? "spot" : "futures";
  const { bars = made, timeframe = "5m", now = NOW, delistedMs } = more;
  const sim = await startVenueSim({
    venues: ["binance"],
    now,
    series: [servedBars(bars, timeframe, market)],
    listings: delistedMs === undefined ? [] : [{ symbol: "BTCUSDT", market, delistedMs }],
    faults,
  });
  sims.push(sim);
  const source = binanceSource(name, {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 250,
    retry: {
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  });
  return { source, waits, sim };
}

async function fetchAll(
  source: Source,
  since = START,
  until?: number,
  timeframe = "5m",
): Promise<BarSeries[]> {
  const request = { symbol: "BTCUSDT", timeframe, since, ...(until === undefined ? {} : { until }) };
  const pages: BarSeries[] = [];
  for await (const page of source.fetchBars(request)) pages.push(page);
  return pages;
}

const klineStarts = (sim: VenueSim): number[] =>
  sim.requests
    .filter((r) => r.path.endsWith("/klines"))
    .map((r) => (Number(r.query.startTime) - START) / BAR_MS);

describe.each(["binance", "binanceusdm"] as const)("%s", (name) => {
  test("gives every closed bar in pages, and never the one that is forming", async () => {
    const { source, sim } = await serve(name);
    const pages = await fetchAll(source);
    expect(pages.map((p) => p.length)).toEqual([1000, 1000, 500]);
    expect(rowsOf(pages)).toEqual(expected);
    // the newest closed bar is read once more
    expect(klineStarts(sim)).toEqual([0, 1000, 2000, 2499]);
  });

  test("a range inside gives the bars that lie wholly in it", async () => {
    const { source } = await serve(name);
    const pages = await fetchAll(source, START + 10 * BAR_MS - 1, START + 20 * BAR_MS + 7);
    expect(rowsOf(pages)).toEqual(expected.slice(10, 20));
    expect(rowsOf(await fetchAll(source, START + (CLOSED - 3) * BAR_MS, NOW))).toEqual(expected.slice(-3));
  });

  test.each<[string, Fault, number]>([
    ["429", { kind: "429", retryAfterSeconds: 7 }, 7000],
    ["418", { kind: "418", retryAfterSeconds: 7 }, 7000],
    ["5xx", { kind: "5xx" }, 750],
    ["5xx of a proxy", { kind: "5xx", status: 502 }, 750],
    ["slow", { kind: "slow", delayMs: 400 }, 750],
    ["hang", { kind: "hang" }, 750],
    ["cut", { kind: "cut" }, 750],
    ["reset", { kind: "reset" }, 750],
    ["garbage", { kind: "garbage" }, 750],
    ["html", { kind: "html" }, 750],
  ])("after '%s' it waits, tries again and gives the same bars", async (_, fault, wait) => {
    const { source, waits } = await serve(name, [{ ...fault, route: "/klines", at: [1] }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
    expect(waits).toEqual([wait]);
  });

  test.each<Fault["kind"]>(["429", "5xx", "cut", "reset", "garbage", "html"])(
    "'%s' of every other answer, of markets and clock too, changes nothing",
    async (kind) => {
      const at = Array.from({ length: 20 }, (_, i) => 2 * i);
      const { source } = await serve(name, [{ kind, at }]);
      expect(rowsOf(await fetchAll(source))).toEqual(expected);
    },
  );

  test.each([
    ["a minute ahead", 60_000],
    ["an hour ahead", HOUR_MS],
    ["a minute behind", -60_000],
    ["an hour behind", -HOUR_MS],
  ])("a clock that is %s closes no bar early and holds none back", async (_, skewMs) => {
    const { source } = await serve(name, [{ kind: "skew", skewMs }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
  });

  test("a newest bar that is served half done at first is given when two readings agree", async () => {
    const { source } = await serve(name, [{ kind: "unclosed", route: "/klines", at: [2] }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
  });

  test("right after its end the second reading waits for the exchange to settle", async () => {
    const { source, waits } = await serve(name, [], { now: START + CLOSED * BAR_MS + 3000 });
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
    expect(waits).toEqual([2000]);
  });

  test("one that changes with every reading is left out", async () => {
    const at = Array.from({ length: 20 }, (_, i) => 2 * i);
    const { source } = await serve(name, [{ kind: "unclosed", route: "/klines", at }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected.slice(0, -1));
  });

  test("waits double from try to try", async () => {
    const { source, waits } = await serve(name, [{ kind: "5xx", route: "/klines", at: [1, 2, 3, 4] }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
    // 0.75 of 1 s, 2 s, 4 s, 8 s: the jitter's random number is held at 0.5
    expect(waits).toEqual([750, 1500, 3000, 6000]);
  });

  test("a ban of hours is not waited for but told", async () => {
    const { source, waits } = await serve(name, [{ kind: "418", route: "/klines", retryAfterSeconds: 7200 }]);
    await expect(fetchAll(source)).rejects.toThrow(/asks to wait 120 min/);
    expect(waits).toEqual([]);
  });

  test("an unknown symbol or timeframe is a usage error that says so", async () => {
    const { source } = await serve(name);
    const fetch = async (symbol: string, timeframe: string): Promise<void> => {
      for await (const _ of source.fetchBars({ symbol, timeframe, since: START })) break;
    };
    await expect(fetch("NOSUCH", "5m")).rejects.toThrow(UsageError);
    await expect(fetch("NOSUCH", "5m")).rejects.toThrow(/no symbol 'NOSUCH'/);
    await expect(fetch("BTCUSDT", "7m")).rejects.toThrow(/no 7m bars: choose one of .*1m.*5m/);
  });

  test("a symbol that the venue forgets on the way is one line", async () => {
    const { source } = await serve(name, [{ kind: "unknown-symbol", route: "/klines", at: [1] }]);
    await expect(fetchAll(source)).rejects.toThrow(DataError);
    const { source: again } = await serve(name, [{ kind: "unknown-symbol", route: "/klines", at: [0] }]);
    await expect(fetchAll(again)).rejects.toThrow(/refused bars of BTCUSDT 5m: [^\n]*$/);
  });

  test("a delisted symbol gives all that it ever had", async () => {
    const bars = sliceBars(made, 0, 1200);
    const delistedMs = START + 1200 * BAR_MS;
    const { source } = await serve(name, [], { bars, now: delistedMs + 2 * DAY_MS, delistedMs });
    expect(rowsOf(await fetchAll(source))).toEqual(rowsOf([bars]));
  });

  test.each(["1m", "3m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w"])(
    "bars of %s lie on the grid",
    async (timeframe) => {
      const barMs = timeframeMs(timeframe);
      // 2023-01-02 is a Monday: weeks begin on it
      const start = START + DAY_MS;
      const bars = tenthsBars("BTCUSDT", barMs, start, 12);
      const { source } = await serve(name, [], { bars, timeframe, now: start + 10.5 * barMs });
      expect(rowsOf(await fetchAll(source, start, undefined, timeframe))).toEqual(
        rowsOf([sliceBars(bars, 0, 10)]),
      );
    },
  );

  test("progress counts the bars and estimates the time left", async () => {
    const { sim } = await serve(name);
    let clock = 0;
    // with the pauses between requests that the real exchange needs
    const source = binanceSource(name, {
      baseUrl: sim.url("binance"),
      rateLimit: true,
      clock: () => (clock += HOUR_MS / 3600),
    });
    const seen: [number, number | null, number | null][] = [];
    const request = { symbol: "BTCUSDT", timeframe: "5m", since: START };
    for await (const _ of source.fetchBars({
      ...request,
      onProgress: (p) => seen.push([p.done, p.total, p.secondsLeft]),
    })) {
      // each page is reported
    }
    // the clock goes on by one second a look, the second at the first report: 1000 of 2500 bars in 2 s leave 3 s
    expect(seen).toEqual([
      [0, 2500, null],
      [1000, 2500, 3],
      [2000, 2500, 0.75],
      [2500, 2500, 0],
    ]);
  });

  test("a stop signal ends it between pages", async () => {
    const { source } = await serve(name);
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      const request = { symbol: "BTCUSDT", timeframe: "5m", since: START, signal: stop.signal };
      for await (const _ of source.fetchBars(request)) stop.abort(new Error("stopped by the user"));
    };
    await expect(run()).rejects.toThrow("stopped by the user");
  });
});

test("without a network it gives up soon, in one line", async () => {
  const waits: number[] = [];
  const source = binanceSource("binance", {
    // port 9 (discard) of the local machine: nobody listens
    baseUrl: "http://127.0.0.1:9",
    retry: {
      random: () => 0,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  });
  const failed = fetchAll(source);
  await expect(failed).rejects.toThrow(DataError);
  await expect(failed).rejects.toThrow(/cannot be reached .*check the network/);
  expect(waits).toEqual([500, 1000]);
});

test("the library that speaks to the venue and its version are known without loading it", () => {
  expect(binanceSource("binance").client).toEqual({
    name: "ccxt",
    version: expect.stringMatching(/^4\.5\.\d+$/),
  });
});
