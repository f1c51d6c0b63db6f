import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, describe, expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../bars.ts";
import { binanceSource } from "./binance.ts";
import type { StreamRequest } from "./source.ts";
import { rowsOf, servedBars, tenthsBars } from "./testing/servedBars.ts";

const START = Date.UTC(2024, 2, 4);
const BEGUN = 100;
const WANTED = 25;
const bitcoin = tenthsBars("BTCUSDT", MINUTE_MS, START, 600);
const ether = tenthsBars("ETHUSDT", MINUTE_MS, START - 77 * MINUTE_MS, 700);

let sim: VenueSim | undefined;
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

async function stream(
  name: "binance" | "binanceusdm",
  faults: readonly Fault[],
  more: Partial<StreamRequest> = {},
): Promise<{ bars: Map<string, BarSeries[]>; notes: string[] }> {
  const market = name === "binance" ? "spot" : "futures";
  sim = await startVenueSim({
    venues: ["binance"],
    series: [servedBars(bitcoin, "1m", market), servedBars(ether, "1m", market)],
    now: START + BEGUN * MINUTE_MS + 20_000,
    faults,
  });
  const simulator = sim;
  const source = binanceSource(name, {
    baseUrl: sim.url("binance"),
    rateLimit: false,
    timeoutMs: 500,
    streamIdleMs: 120,
    retry: { random: () => 0.5, sleep: async () => await new Promise((resolve) => setImmediate(resolve)) },
  });
  const bars = new Map<string, BarSeries[]>();
  const notes: string[] = [];
  const stop = new AbortController();
  // a third of a minute every few ms
  const ticking = setInterval(() => simulator.advance(20_000), 3);
  try {
    const request = {
      symbols: ["BTCUSDT"],
      timeframe: "1m",
      since: { BTCUSDT: START + BEGUN * MINUTE_MS },
      signal: stop.signal,
      onNote: (n: string) => notes.push(n),
      ...more,
    };
    for await (const page of source.streamBars!(request)) {
      const pages = bars.get(page.instrument) ?? [];
      pages.push(page);
      bars.set(page.instrument, pages);
      const isEnough = (s: string): boolean => rowsOf(bars.get(s) ?? []).length >= WANTED;
      if (request.symbols.every(isEnough)) stop.abort();
    }
  } finally {
    clearInterval(ticking);
  }
  return { bars, notes };
}

const wanted = rowsOf([sliceBars(bitcoin, BEGUN, BEGUN + WANTED)]);

describe.each(["binance", "binanceusdm"] as const)("the stream of %s", (name) => {
  test("gives closed bars as they close", async () => {
    const { bars } = await stream(name, []);
    expect(rowsOf(bars.get("BTCUSDT")!).slice(0, WANTED)).toEqual(wanted);
  });

  test("begins with the bar that forms when it is asked for", async () => {
    const { bars } = await stream(name, [], { since: {} });
    const rows = rowsOf(bars.get("BTCUSDT")!);
    const first = (rows[0]![0]! - START) / MINUTE_MS - 1;
    expect(first).toBeGreaterThanOrEqual(BEGUN);
    expect(rows).toEqual(rowsOf([sliceBars(bitcoin, first, first + rows.length)]));
  });

  test("several symbols at once, each in order, from the bars that were asked for", async () => {
    const { bars } = await stream(name, [{ kind: "drop", at: [31] }], {
      symbols: ["BTCUSDT", "ETHUSDT"],
      since: { BTCUSDT: START + 40 * MINUTE_MS, ETHUSDT: START },
    });
    expect(rowsOf(bars.get("BTCUSDT")!).slice(0, WANTED)).toEqual(
      rowsOf([sliceBars(bitcoin, 40, 40 + WANTED)]),
    );
    expect(rowsOf(bars.get("ETHUSDT")!).slice(0, WANTED)).toEqual(
      rowsOf([sliceBars(ether, 77, 77 + WANTED)]),
    );
  });
});

describe("the stream under fault", () => {
  // a minute has 3 ticks and some messages; the counts meet forming and closing ones alike
  const at = [3, 9, 10, 11, 17, 26, 33, 40];
  test.each<[string, readonly Fault[]]>([
    ["drop", [{ kind: "drop", at }]],
    [
      "drop and refused reconnections",
      [
        { kind: "drop", at: [9] },
        { kind: "refuse", at: [1, 2, 3] },
      ],
    ],
    ["half-open", [{ kind: "half-open", at: [11, 40] }]],
    ["duplicate", [{ kind: "duplicate", probability: 0.5 }]],
    ["late", [{ kind: "late", probability: 0.3, by: 4 }]],
    ["reorder", [{ kind: "reorder", probability: 0.4 }]],
    ["miss", [{ kind: "miss", probability: 0.4 }]],
    ["every message missed", [{ kind: "miss" }]],
    ["garbage", [{ kind: "garbage", on: "message", probability: 0.3 }]],
    ["unknown", [{ kind: "unknown", probability: 0.5 }]],
    ["skew", [{ kind: "skew", on: "message", probability: 0.5, skewMs: 120_000 }]],
    ["unclosed", [{ kind: "unclosed", on: "message", probability: 0.5 }]],
    ["slow", [{ kind: "slow", on: "message", probability: 0.3, delayMs: 15 }]],
    [
      "a bad day",
      [
        { kind: "drop", at: [9, 60] },
        { kind: "miss", probability: 0.2 },
        { kind: "duplicate", probability: 0.2 },
        { kind: "429", route: "lines", at: [1, 4], retryAfterSeconds: 1 },
        { kind: "cut", route: "lines", at: [2, 6] },
        { kind: "unclosed", on: "request", route: "lines", at: [3] },
      ],
    ],
  ])("'%s' changes nothing", async (_, faults) => {
    const { bars } = await stream("binanceusdm", faults);
    expect(rowsOf(bars.get("BTCUSDT")!).slice(0, WANTED)).toEqual(wanted);
  });
});

test("says what happened", async () => {
  const { notes } = await stream("binance", [{ kind: "drop", at: [9] }]);
  expect(notes.filter((n) => !n.includes("filled"))).toEqual([
    expect.stringMatching(/binance ended the stream .*1006/),
  ]);
});

test("an unknown symbol is told before anything is opened", async () => {
  await expect(stream("binance", [], { symbols: ["NOSUCH"] })).rejects.toThrow(UsageError);
});
