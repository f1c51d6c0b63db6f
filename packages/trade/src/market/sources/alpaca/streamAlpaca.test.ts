import { type Fault, startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../../core/time.ts";
import type { BarSeries } from "../../bars.ts";
import { alpacaSource } from "./alpaca.ts";

const OPEN = Date.parse("2024-12-18T14:30:00Z");
const keys = { keyId: "PKTEST", secret: "alpaca-secret" };
const COUNT = 60;
/** minutes from ten before the open on; SPY has none at 14:37 and 14:38 */
const served = (symbol: string, from: number) => {
  const openTime = Array.from({ length: COUNT }, (_, i) => OPEN + (i - 10) * MINUTE_MS).filter(
    (t) => symbol !== "SPY" || (t !== OPEN + 7 * MINUTE_MS && t !== OPEN + 8 * MINUTE_MS),
  );
  const column = (of: (i: number) => number): Float64Array =>
    Float64Array.from(openTime, (_, i) => from + of(i));
  return {
    market: "stock" as const,
    symbol,
    timeframe: "1m",
    openTime: Float64Array.from(openTime),
    open: column((i) => i % 5),
    high: column((i) => 6 + (i % 3)),
    low: column((i) => -1 - (i % 2)),
    close: column((i) => (i * 3) % 5),
    volume: column((i) => i * 10),
  };
};
const all = { SPY: served("SPY", 500), AAPL: served("AAPL", 200) };

let sim: VenueSim;
beforeEach(async () => {
  sim = await startVenueSim({
    venues: ["alpaca"],
    series: Object.values(all),
    keys: { alpaca: keys },
    now: OPEN + 6 * MINUTE_MS,
  });
});
afterEach(() => sim.close());

const source = (secretKey = keys.secret) =>
  alpacaSource({
    keyId: keys.keyId,
    secretKey,
    baseUrl: sim.url("alpaca"),
    streamUrl: sim.streamUrl("alpaca"),
    rateLimit: false,
    timeoutMs: 1000,
    streamIdleMs: 300,
    clock: () => sim.now,
    retry: { random: () => 0.5, sleep: async () => undefined, firstWaitMs: 20, longestWaitMs: 40 },
  });

type Seen = Record<string, number[][]>;
const numbers = (bars: BarSeries): number[][] =>
  Array.from(bars.closeTime, (t, i) => [
    t,
    bars.open[i]!,
    bars.high[i]!,
    bars.low[i]!,
    bars.close[i]!,
    bars.volume[i]!,
  ]);

/** Follows both symbols through the first half hour of the session. */
async function follow(
  timeframe: string,
  faults: readonly Fault[],
  dropAt: readonly number[] = [],
): Promise<Seen> {
  const seen: Seen = { SPY: [], AAPL: [] };
  const stop = new AbortController();
  const end = OPEN + 30 * MINUTE_MS;
  const notes: string[] = [];
  const drive = async (): Promise<void> => {
    await until(() => sim.requests.length > 1);
    sim.setFaults(faults);
    for (let minute = 0; minute < 40; minute++) {
      if (dropAt.includes(minute)) sim.dropStreams("alpaca");
      sim.advance(MINUTE_MS);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    sim.setFaults([]);
    await until(() => Object.values(seen).every((rows) => (rows.at(-1)?.[0] ?? 0) >= end));
    stop.abort();
  };
  const driven = drive();
  const bars = source().streamBars!({
    symbols: ["SPY", "AAPL"],
    timeframe,
    since: { SPY: OPEN, AAPL: OPEN },
    signal: stop.signal,
    onNote: (note) => notes.push(note),
  });
  for await (const page of bars) seen[page.instrument]!.push(...numbers(page));
  await driven;
  expect(notes.join("\n")).not.toContain(keys.secret);
  return Object.fromEntries(
    Object.entries(seen).map(([symbol, rows]) => [symbol, rows.filter(([t]) => t! <= end)]),
  );
}

async function until(isDone: () => boolean): Promise<void> {
  for (let waited = 0; !isDone() && waited < 4000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function expected(symbol: "SPY" | "AAPL"): number[][] {
  const { openTime, open, high, low, close, volume } = all[symbol];
  return Array.from(openTime, (t, i) => [
    t + MINUTE_MS,
    open[i]!,
    high[i]!,
    low[i]!,
    close[i]!,
    volume[i]!,
  ]).filter(([t]) => t! > OPEN && t! <= OPEN + 30 * MINUTE_MS);
}

describe("Alpaca's stream of minutes", () => {
  const faults: [string, Fault[], number[]][] = [
    ["nothing", [], []],
    ["drops", [], [7, 8, 20]],
    ["lost messages", [{ kind: "miss", probability: 0.3 }], []],
    [
      "repeated, late and swapped messages",
      [
        { kind: "duplicate", probability: 0.3 },
        { kind: "late", probability: 0.2 },
        { kind: "reorder", probability: 0.2 },
      ],
      [],
    ],
    [
      "unknown and broken messages",
      [
        { kind: "unknown", probability: 0.3 },
        { kind: "garbage", on: "message", probability: 0.2 },
      ],
      [],
    ],
    ["a half-open socket", [{ kind: "half-open", at: [9] }], []],
    ["a refused connection after a drop", [{ kind: "refuse", times: 2 }], [10]],
  ];
  test.each(faults)("%s: every closed bar once, in order, as recorded", async (_name, struck, dropAt) => {
    const seen = await follow("1m", struck, dropAt);
    expect(seen.AAPL).toEqual(expected("AAPL"));
    expect(seen.SPY).toEqual(expected("SPY"));
  });

  test("five minutes at a time", async () => {
    const seen = await follow("5m", [], [12]);
    const rows = expected("AAPL");
    expect(seen.AAPL!.map(([t]) => t)).toEqual([5, 10, 15, 20, 25, 30].map((m) => OPEN + m * MINUTE_MS));
    expect(seen.AAPL![1]!.slice(1, 3)).toEqual([
      rows[5]![1],
      Math.max(...rows.slice(5, 10).map((r) => r[2]!)),
    ]);
  });

  test("wrong keys: one line without them", async () => {
    const stream = source("wrong-secret").streamBars!({ symbols: ["SPY"], timeframe: "1m" });
    const thrown: unknown = await stream[Symbol.asyncIterator]()
      .next()
      .catch((t: unknown) => t);
    expect(String(thrown)).toMatch(/keys/);
    expect(String((thrown as Error).stack)).not.toContain("wrong-secret");
  });
});
