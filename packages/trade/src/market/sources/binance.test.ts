import { afterEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../bars.ts";
import { binanceSource } from "./binance.ts";
import type { Source } from "./source.ts";
import { type BinanceServer, type ServerFault, startBinanceServer } from "./testing/binanceServer.ts";

const BAR_MS = 5 * MINUTE_MS;
/** 2023-01-01T00:00Z */
const START = 1672531200000;
/** bars that are closed at the server's time; one more is forming and others lie in the future */
const CLOSED = 2500;

let server: BinanceServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A price that goes up and down by whole tenths, each bar with its own numbers. */
function madeBars(): BarSeries {
  const bars = allocateBars("BTCUSDT", CLOSED + 10);
  for (let i = 0; i < bars.length; i++) {
    const open = 16000 + ((i * 37) % 1000) / 10;
    bars.closeTime[i] = START + (i + 1) * BAR_MS;
    bars.open[i] = open;
    bars.high[i] = open + 5.5;
    bars.low[i] = open - 4.25;
    bars.close[i] = open + ((i * 13) % 40) / 10;
    bars.volume[i] = 1 + (i % 97) / 8;
  }
  return bars;
}

async function serve(name: "binance" | "binanceusdm", faults: readonly ServerFault[] = []) {
  const waits: number[] = [];
  server = await startBinanceServer({
    now: START + CLOSED * BAR_MS + 2 * MINUTE_MS,
    series: [{ market: name === "binance" ? "spot" : "futures", timeframe: "5m", bars: madeBars() }],
    faults,
  });
  const source = binanceSource(name, {
    baseUrl: server.url,
    rateLimit: false,
    retry: {
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  });
  return { source, waits, server };
}

async function fetchAll(source: Source, since = START, until?: number): Promise<BarSeries[]> {
  const request = { symbol: "BTCUSDT", timeframe: "5m", since, ...(until === undefined ? {} : { until }) };
  const pages: BarSeries[] = [];
  for await (const page of source.fetchBars(request)) pages.push(page);
  return pages;
}

function rowsOf(pages: readonly BarSeries[]): number[][] {
  return pages.flatMap((p) =>
    Array.from(p.closeTime, (time, i) => [time, ...BAR_COLUMNS.map((name) => p[name][i]!)]),
  );
}

const expected = rowsOf([sliceBars(madeBars(), 0, CLOSED)]);

describe.each(["binance", "binanceusdm"] as const)("%s", (name) => {
  test("gives every closed bar in pages, and never the one that is forming", async () => {
    const { source, server } = await serve(name);
    const pages = await fetchAll(source);
    expect(pages.map((p) => p.length)).toEqual([1000, 1000, 500]);
    expect(rowsOf(pages)).toEqual(expected);
    expect(server.klineRequests.map((q) => Number(q.get("startTime")))).toEqual([
      START,
      START + 1000 * BAR_MS,
      START + 2000 * BAR_MS,
      // the newest closed bar once more
      START + 2499 * BAR_MS,
    ]);
  });

  test("a range inside gives the bars that lie wholly in it", async () => {
    const { source } = await serve(name);
    const pages = await fetchAll(source, START + 10 * BAR_MS - 1, START + 20 * BAR_MS + 7);
    expect(rowsOf(pages)).toEqual(expected.slice(10, 20));
  });

  test.each<[ServerFault["kind"], number]>([
    ["limit", 7000],
    ["ban", 7000],
    ["drop", 750],
    ["refuse", 750],
    ["unavailable", 750],
    ["garbage", 750],
  ])("after '%s' it waits, tries again and gives the same bars", async (kind, wait) => {
    const { source, waits } = await serve(name, [{ request: 1, kind, retryAfterSeconds: 7 }]);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
    expect(waits).toEqual([wait]);
  });

  test("waits double from try to try", async () => {
    const faults = [1, 2, 3, 4].map((request) => ({ request, kind: "unavailable" }) as const);
    const { source, waits } = await serve(name, faults);
    expect(rowsOf(await fetchAll(source))).toEqual(expected);
    // 0.75 of 1 s, 2 s, 4 s, 8 s: the jitter's random number is held at 0.5
    expect(waits).toEqual([750, 1500, 3000, 6000]);
  });

  test("a ban of hours is not waited for but told", async () => {
    const { source, waits } = await serve(name, [{ request: 0, kind: "ban", retryAfterSeconds: 7200 }]);
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

  test("progress counts the bars and estimates the time left", async () => {
    const { server } = await serve(name);
    let clock = 0;
    // with the pauses between requests that the real exchange needs
    const source = binanceSource(name, {
      baseUrl: server.url,
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
